/*
 * Numbered words between memory and a FIFO, so that a lost, doubled or misplaced one shows at once. What is done, and
 * with which sizes, stands in defines that transfer-properties.ts puts in front. Prints "transfer: ok", or what is wrong.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/module.h>
#include <linux/slab.h>

#define UNTOUCHED 0xffffffffu
#define WORDS(bytes) ((bytes) / 4)

static const u32 points[] = { POINTS };

static DECLARE_COMPLETION(done);
static struct dma_chan *chan;
static dma_cookie_t cookie;
static struct device *peer;

static void moved(void *unused)
{
	complete(&done);
}

static int wrong(const char *what, u32 index, u32 got, u32 wanted)
{
	pr_err("transfer: %s: word %u is %#x, not %#x\n", what, index, got, wanted);
	return -EIO;
}

static void number(u32 *words, u32 count, u32 first)
{
	u32 i;

	for (i = 0; i < count; i++)
		words[i] = first + i;
}

static int check(const char *what, const u32 *words, u32 count, u32 first)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (words[i] != first + i)
			return wrong(what, i, words[i], first + i);
	return 0;
}

static int feed(u32 first, u32 count)
{
	u32 *words = vmalloc(count * 4);

	if (!words)
		return -ENOMEM;
	number(words, count, first);
	sim_dev_receive(peer, words, count * 4);
	vfree(words);
	return 0;
}

/* What the FIFO has sent by now is numbered from `first`; the number of words, at most `most`, or an error. */
static int check_sent(const char *what, u32 first, u32 most)
{
	u32 *words = vmalloc((most + 1) * 4);
	int count, ret;

	if (!words)
		return -ENOMEM;
	count = sim_dev_sent(peer, words, (most + 1) * 4) / 4;
	ret = check(what, words, count, first);
	if (!ret && count > most)
		ret = wrong(what, most, words[most], UNTOUCHED);
	vfree(words);
	return ret ?: count;
}

static int submit(struct dma_async_tx_descriptor *desc, void (*callback)(void *))
{
	if (!desc) {
		pr_err("transfer: no descriptor\n");
		return -EIO;
	}
	desc->callback = callback;
	reinit_completion(&done);
	cookie = dmaengine_submit(desc);
	if (dma_submit_error(cookie))
		return -EIO;
	dma_async_issue_pending(chan);
	return 0;
}

/* Starts a transfer of a mapped buffer as a list of entries of ENTRY_BYTES. */
static int start(dma_addr_t at, size_t bytes)
{
	unsigned int count = DIV_ROUND_UP(bytes, ENTRY_BYTES), i;
	struct scatterlist *list = kcalloc(count, sizeof(*list), GFP_KERNEL);
	int ret;

	if (!list)
		return -ENOMEM;
	sg_init_table(list, count);
	for (i = 0; i < count; i++) {
		sg_dma_address(&list[i]) = at + i * ENTRY_BYTES;
		sg_dma_len(&list[i]) = min_t(size_t, ENTRY_BYTES, bytes - i * ENTRY_BYTES);
	}
	ret = submit(dmaengine_prep_slave_sg(chan, list, count, DIRECTION, DMA_PREP_INTERRUPT | DMA_CTRL_ACK), moved);
	kfree(list);
	return ret;
}

static int finished(void)
{
	if (wait_for_completion_timeout(&done, HZ))
		return 0;
	pr_err("transfer: no callback within 1 s\n");
	dmaengine_terminate_sync(chan);
	return -ETIMEDOUT;
}

static void after(u32 ns)
{
	udelay(ns / 1000);
	ndelay(ns % 1000);
}

/*
 * Some drivers ignore an entry's end that comes while they pause: what is resumed then is nothing, for ever. Nothing of
 * the entry is left, so that the residue is that of the entries behind it.
 */
static bool paused_at_an_end(void)
{
	struct dma_tx_state state;

	dmaengine_tx_status(chan, cookie, &state);
	return PAUSE_LOSES_ENDS && state.residue % ENTRY_BYTES == 0;
}

/* One transfer, interrupted by a pause and a resume at each point. */
static int one_transfer(struct device *dev, u32 *words)
{
	bool at_end = false;
	dma_addr_t at;
	u32 i;
	int ret;

	if (TO_DEVICE)
		number(words, WORDS(BYTES), 0);
	else if (feed(0, WORDS(BYTES)))
		return -ENOMEM;
	at = dma_map_single(dev, words, BYTES, MAPPING);
	if (dma_mapping_error(dev, at))
		return -ENOMEM;
	ret = start(at, BYTES);
	for (i = 0; !ret && i < POINT_COUNT; i++) {
		after(points[i]);
		if (completion_done(&done))
			break;
		ret = dmaengine_pause(chan);
		/* At its end a transfer may be too late to pause: not an error of the transfer. */
		if (ret && !completion_done(&done) && ret != -EAGAIN) {
			pr_err("transfer: pause %d at point %u\n", ret, i);
			break;
		}
		after(HELD_NS);
		at_end |= paused_at_an_end();
		ret = dmaengine_resume(chan);
		if (ret && completion_done(&done))
			ret = 0;
		if (ret)
			pr_err("transfer: resume %d at point %u\n", ret, i);
	}
	if (!ret && at_end && !wait_for_completion_timeout(&done, HZ)) {
		dmaengine_terminate_sync(chan);
		dma_unmap_single(dev, at, BYTES, MAPPING);
		return 0;
	}
	ret = ret ?: at_end ? 0 : finished();
	dma_unmap_single(dev, at, BYTES, MAPPING);
	if (ret)
		return ret;
	if (!TO_DEVICE)
		return check("captured", words, WORDS(BYTES), 0);
	msleep(1);
	ret = check_sent("sent", 0, WORDS(BYTES));
	if (ret >= 0 && ret != WORDS(BYTES))
		return wrong("sent", ret, UNTOUCHED, ret);
	return min(ret, 0);
}

/* At each point a new transfer is terminated, most of them in the middle. */
static int terminated(struct device *dev, u32 *words)
{
	u32 next = 0, fed = 0, i, k;
	int ret = 0;

	for (i = 0; !ret && i < POINT_COUNT; i++) {
		dma_addr_t at;
		bool whole;

		if (TO_DEVICE) {
			number(words, WORDS(BYTES), next);
		} else {
			memset(words, 0xff, BYTES);
			for (; fed - next < 2 * WORDS(BYTES); fed += WORDS(BYTES))
				if (feed(fed, WORDS(BYTES)))
					return -ENOMEM;
		}
		at = dma_map_single(dev, words, BYTES, MAPPING);
		if (dma_mapping_error(dev, at))
			return -ENOMEM;
		ret = start(at, BYTES);
		if (ret)
			return ret;
		after(points[i]);
		whole = completion_done(&done);
		ret = dmaengine_terminate_sync(chan);
		dma_unmap_single(dev, at, BYTES, MAPPING);
		if (ret) {
			pr_err("transfer: terminate %d at point %u\n", ret, i);
			return ret;
		}
		if (TO_DEVICE) {
			usleep_range(DRAIN_US, DRAIN_US);
			ret = check_sent("sent before the end", next, WORDS(BYTES));
			if (ret < 0)
				return ret;
			if (whole && ret != WORDS(BYTES))
				return wrong("sent by a whole transfer", ret, UNTOUCHED, next + ret);
			ret = 0;
			next += WORDS(BYTES);
			continue;
		}
		for (k = 0; k < WORDS(BYTES) && words[k] != UNTOUCHED; k++) {
			if (k == 0) {
				if (words[0] < next || words[0] > next + LOST_WORDS)
					return wrong("captured first", i, words[0], next);
				next = words[0];
			}
			if (words[k] != next)
				return wrong("captured before the end", k, words[k], next);
			next++;
		}
		if (whole && k != WORDS(BYTES))
			return wrong("captured by a whole transfer", k, UNTOUCHED, next);
		for (; k < WORDS(BYTES); k++)
			if (words[k] != UNTOUCHED)
				return wrong("captured after a hole", k, words[k], UNTOUCHED);
	}
	return ret;
}

static u32 *ring_words;
static u32 periods, ring_errors;

/* A period is over: a capture must have brought its numbers, a playback gets the next ones. */
static void period_done(void *unused)
{
	u32 *part = ring_words + periods % RING_PERIODS * WORDS(PERIOD_BYTES);

	if (periods >= RING_PERIODS * LAPS)
		return;
	if (TO_DEVICE)
		number(part, WORDS(PERIOD_BYTES), (periods + RING_PERIODS) * WORDS(PERIOD_BYTES));
	else if (check("captured in a period", part, WORDS(PERIOD_BYTES), periods * WORDS(PERIOD_BYTES)))
		ring_errors++;
	if (++periods == RING_PERIODS * LAPS)
		complete(&done);
}

static int ring(struct device *dev)
{
	const u32 count = WORDS(PERIOD_BYTES) * RING_PERIODS * LAPS;
	dma_addr_t at;
	int ret;

	ring_words = dma_alloc_coherent(dev, RING_PERIODS * PERIOD_BYTES, &at, GFP_KERNEL);
	if (!ring_words)
		return -ENOMEM;
	if (TO_DEVICE)
		number(ring_words, RING_PERIODS * WORDS(PERIOD_BYTES), 0);
	else if (feed(0, count))
		return -ENOMEM;
	ret = submit(dmaengine_prep_dma_cyclic(chan, at, RING_PERIODS * PERIOD_BYTES, PERIOD_BYTES, DIRECTION,
					       DMA_PREP_INTERRUPT),
		     period_done);
	ret = ret ?: finished();
	ret = ret ?: dmaengine_terminate_sync(chan);
	dma_free_coherent(dev, RING_PERIODS * PERIOD_BYTES, ring_words, at);
	if (ret || ring_errors)
		return ret ?: -EIO;
	if (!TO_DEVICE)
		return 0;
	msleep(1);
	/* The next period may have begun before the ring was stopped. */
	ret = check_sent("sent by the ring", 0, count + WORDS(PERIOD_BYTES) * RING_PERIODS);
	if (ret >= 0 && ret < count)
		return wrong("sent by the ring", ret, UNTOUCHED, ret);
	return min(ret, 0);
}

static int run(void)
{
	struct dma_slave_config config = {
		.direction = DIRECTION,
		.src_addr = DATA_REGISTER,
		.dst_addr = DATA_REGISTER,
		.src_addr_width = DMA_SLAVE_BUSWIDTH_4_BYTES,
		.dst_addr_width = DMA_SLAVE_BUSWIDTH_4_BYTES,
		.src_maxburst = MAXBURST,
		.dst_maxburst = MAXBURST,
	};
	struct device *dev;
	u32 *words;
	int ret;

	peer = sim_device("peer");
	chan = dma_request_chan(peer, TO_DEVICE ? "tx" : "rx");
	if (IS_ERR(chan)) {
		pr_err("transfer: no channel: %pe\n", chan);
		return PTR_ERR(chan);
	}
	dev = dmaengine_get_dma_device(chan);
	words = kmalloc(BYTES, GFP_KERNEL);
	ret = words ? dmaengine_slave_config(chan, &config) : -ENOMEM;
	if (!ret)
		ret = WHAT == 0 ? one_transfer(dev, words) : WHAT == 1 ? ring(dev) : terminated(dev, words);
	kfree(words);
	dma_release_channel(chan);
	return ret;
}

static int __init transfer_init(void)
{
	int ret = run();

	if (ret)
		pr_err("transfer: failed: %d\n", ret);
	else
		pr_info("transfer: ok\n");
	return ret;
}
module_init(transfer_init);
