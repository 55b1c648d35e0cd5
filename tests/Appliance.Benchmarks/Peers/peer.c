/*
 * DPDK's own functions behind a flat C interface, so that the benchmark can run them and ours in turns in one process.
 *
 * Every peer_*_run function works once through all its input and keeps nothing: the caller holds the clock.
 * Every peer_*_lookup function stores its answers instead, so that they can be compared with ours before anything is timed.
 * "No route" is -1. Addresses and networks of IPv4 are in host order, those of IPv6 are 16 bytes in network order.
 */
#define ALLOW_EXPERIMENTAL_API
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <rte_eal.h>
#include <rte_fib.h>
#include <rte_ip.h>
#include <rte_lpm.h>
#include <rte_lpm6.h>
#include <rte_malloc.h>
#include <rte_memory.h>
#include <rte_pause.h>
#include <rte_ring.h>
#include <rte_thash.h>
#include <rte_thash_gfni.h>
#include <rte_vect.h>

#define BATCH 64              /* addresses a call, as the data path has them; a compile-time constant, as rte_lpm.h advises */
#define FIB_MISS 0xffffffu

#define HUGE_PAGE ((size_t)2 << 20)
#define HEAP_SIZE ((size_t)1 << 30)
#define HEAP_NAME "transparent"

static int heap_socket;       /* the "NUMA node" that stands for our heap */
static struct rte_lpm *lpm4;
static struct rte_fib *fib4;
static struct rte_lpm6 *lpm6;

/* Makes the compiler believe that the answers are read. */
static inline void keep(const void *answers)
{
	__asm__ volatile("" : : "r"(answers) : "memory");
}

/* Gives DPDK a heap in transparent huge pages, which is where our own tables lie. */
static int create_heap(void)
{
	char *mapping = mmap(NULL, HEAP_SIZE + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (mapping == MAP_FAILED)
		return -1;
	char *heap = (char *)(((uintptr_t)mapping + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1));
	madvise(heap, HEAP_SIZE, MADV_HUGEPAGE);
	if (rte_malloc_heap_create(HEAP_NAME) != 0)
		return -1;
	if (rte_malloc_heap_memory_add(HEAP_NAME, heap, HEAP_SIZE, NULL, HEAP_SIZE / HUGE_PAGE, HUGE_PAGE) != 0)
		return -1;
	heap_socket = rte_malloc_heap_get_socket(HEAP_NAME);
	return heap_socket < 0 ? -1 : 0;
}

/* Starts DPDK on one core. The calling thread stays pinned to it. 0 or negative. */
int peer_start(int core)
{
	char core_text[12];
	snprintf(core_text, sizeof core_text, "%d", core);
	char *arguments[] = {
		"peer", "-l", core_text, "--no-huge", "-m", "64", "--no-pci", "--no-telemetry",
		"--force-max-simd-bitwidth=512", "--log-level=1",
	};
	if (rte_eal_init(sizeof arguments / sizeof *arguments, arguments) < 0)
		return -1;
	return create_heap();
}

/* ---- Internet checksum ---- */

uint16_t peer_checksum(const uint8_t *bytes, int length)
{
	return rte_raw_cksum(bytes, length);
}

void peer_checksum_run(const uint8_t *bytes, int length, int stride, int buffers, int passes)
{
	uint32_t sum = 0;
	for (int pass = 0; pass < passes; pass++)
		for (int i = 0; i < buffers; i++)
			sum += rte_raw_cksum(bytes + (size_t)i * stride, length);
	keep(&sum);
}

/* Nothing but a read of one word of every cache line: what the caches let through, below which no sum of the bytes can come. */
void peer_read_run(const uint8_t *bytes, int length, int stride, int buffers, int passes)
{
	for (int pass = 0; pass < passes; pass++)
		for (int i = 0; i < buffers; i++)
			for (int at = 0; at < length; at += 64)
				(void)*(const volatile uint64_t *)(bytes + (size_t)i * stride + at);
}

/* ---- Toeplitz hash ---- */

#define KEY_LENGTH 40
#define IPV4_TUPLE 12
#define IPV6_TUPLE 36

static uint64_t thash_matrices[KEY_LENGTH];
static uint32_t thash_key[KEY_LENGTH / 4];

/*
 * 1 when this machine has GFNI, else 0. rte_thash_gfni_supported() tells what the library was built with; these functions are inline and
 * built here.
 */
int peer_thash_create(const uint8_t *key)
{
	rte_convert_rss_key((const uint32_t *)key, thash_key, KEY_LENGTH);
#ifdef RTE_THASH_GFNI_DEFINED
	rte_thash_complete_matrix(thash_matrices, key, KEY_LENGTH);
	return 1;
#else
	return 0;
#endif
}

/*
 * Tuples lie in network order where their addresses say, in packets or elsewhere; count is a multiple of BATCH. The functions take the
 * length as an argument and loop over the input by it; with a length that the compiler knows those loops are unrolled.
 */
static __rte_always_inline void thash_gfni_bulk(uint8_t **tuples, int length, int count, uint32_t *hashes)
{
#ifdef RTE_THASH_GFNI_DEFINED
	for (int i = 0; i < count; i += BATCH)
		rte_thash_gfni_bulk(thash_matrices, length, tuples + i, hashes + i, BATCH);
	keep(hashes);
#endif
}

void peer_thash_gfni_bulk(uint8_t **tuples, int length, int count, uint32_t *hashes)
{
	thash_gfni_bulk(tuples, length, count, hashes);
}

void peer_thash_gfni_bulk_unrolled(uint8_t **tuples, int length, int count, uint32_t *hashes)
{
	if (length == IPV4_TUPLE)
		thash_gfni_bulk(tuples, IPV4_TUPLE, count, hashes);
	else
		thash_gfni_bulk(tuples, IPV6_TUPLE, count, hashes);
}

void peer_thash_gfni(uint8_t **tuples, int length, int count, uint32_t *hashes)
{
#ifdef RTE_THASH_GFNI_DEFINED
	for (int i = 0; i < count; i++)
		hashes[i] = rte_thash_gfni(thash_matrices, tuples[i], length);
	keep(hashes);
#endif
}

/* Nothing but a load of 16 bytes of each tuple: what the caches let through. */
void peer_tuple_read(uint8_t **tuples, int length, int count, uint32_t *hashes)
{
	rte_xmm_t sum = { 0 };
	for (int i = 0; i < count; i++)
		sum.x = _mm_xor_si128(sum.x, _mm_loadu_si128((const __m128i *)tuples[i]));
	hashes[0] = sum.u32[0] + length;
	keep(hashes);
}

/* It wants the tuple's words as numbers. */
static inline uint32_t softrss_be(const uint8_t *tuple, int words)
{
	uint32_t numbers[IPV6_TUPLE / 4];
	for (int word = 0; word < words; word++) {
		uint32_t bytes;
		memcpy(&bytes, tuple + 4 * word, sizeof bytes);
		numbers[word] = rte_be_to_cpu_32(bytes);
	}
	return rte_softrss_be(numbers, words, (const uint8_t *)thash_key);
}

void peer_softrss_be(uint8_t **tuples, int length, int count, uint32_t *hashes)
{
	for (int i = 0; i < count; i++)
		hashes[i] = length == IPV4_TUPLE ? softrss_be(tuples[i], IPV4_TUPLE / 4) : softrss_be(tuples[i], IPV6_TUPLE / 4);
	keep(hashes);
}

/* ---- Hand-off ring: one producer, one consumer ---- */

#define LARGEST_BURST 128

static struct rte_ring *ring;

int peer_ring_create(int capacity)
{
	ring = rte_ring_create("ring", capacity, heap_socket, RING_F_SP_ENQ | RING_F_SC_DEQ);
	return ring != NULL;
}

/* Puts numbers from 1 to count, in bursts; waits where the ring is full. */
void peer_ring_produce(int64_t count, int burst)
{
	void *items[LARGEST_BURST];
	for (int64_t next = 1; next <= count;) {
		for (int i = 0; i < burst; i++)
			items[i] = (void *)(next + i);
		unsigned int wanted = count - next + 1 < burst ? count - next + 1 : burst;
		unsigned int put = rte_ring_enqueue_burst(ring, items, wanted, NULL);
		next += put;
		if (put == 0)
			rte_pause();
	}
}

/* Takes as many, in bursts, and waits where less than half a burst is there. Returns how many came out of order. */
int64_t peer_ring_consume(int64_t count, int burst, int pauses)
{
	void *items[LARGEST_BURST];
	int64_t wrong = 0;
	for (int64_t next = 1; next <= count;) {
		int got = rte_ring_dequeue_burst(ring, items, burst, NULL);
		wrong += got > 0 && (int64_t)items[0] != next;
		next += got;
		if (got < burst / 2)
			for (int i = 0; i < pauses; i++)
				rte_pause();
	}
	return wrong;
}

/* Both ends in turns on one thread. */
void peer_ring_turn(int64_t count, int burst)
{
	void *items[LARGEST_BURST] = { 0 };
	for (int64_t i = 0; i < count; i += burst) {
		rte_ring_enqueue_burst(ring, items, burst, NULL);
		rte_ring_dequeue_burst(ring, items, burst, NULL);
		keep(items);
	}
}

/* ---- IPv4 longest prefix match ---- */

/* Builds rte_lpm and rte_fib (DIR24-8, AVX-512 lookup) of the same routes. Returns how many routes were refused, or negative. */
int peer_lpm4_create(const uint32_t *networks, const uint8_t *lengths, const int32_t *values, int count, int groups)
{
	struct rte_lpm_config lpm_config = { .max_rules = count + 16, .number_tbl8s = groups };
	struct rte_fib_conf fib_config = { .type = RTE_FIB_DIR24_8, .default_nh = FIB_MISS, .max_routes = count + 16 };
	fib_config.dir24_8.nh_sz = RTE_FIB_DIR24_8_4B;
	fib_config.dir24_8.num_tbl8 = groups;
	lpm4 = rte_lpm_create("lpm4", heap_socket, &lpm_config);
	fib4 = rte_fib_create("fib4", heap_socket, &fib_config);
	if (lpm4 == NULL || fib4 == NULL)
		return -1;

	int refused = 0;
	for (int i = 0; i < count; i++) {
		refused += rte_lpm_add(lpm4, networks[i], lengths[i], values[i]) != 0;
		refused += rte_fib_add(fib4, networks[i], lengths[i], values[i]) != 0;
	}
	return refused;
}

/* 1 when rte_fib uses its AVX-512 lookup, 0 when this machine has only the scalar one. */
int peer_fib4_vector(void)
{
	return rte_fib_select_lookup(fib4, RTE_FIB_LOOKUP_DIR24_8_VECTOR_AVX512) == 0;
}

void peer_lpm4_lookup(const uint32_t *addresses, int count, int32_t *values)
{
	for (int i = 0; i < count; i++) {
		uint32_t entry;
		rte_lpm_lookup_bulk(lpm4, addresses + i, &entry, 1);
		values[i] = entry & RTE_LPM_LOOKUP_SUCCESS ? (int32_t)(entry & 0xffffff) : -1;
	}
}

/* count is a multiple of BATCH, here and below. */
void peer_lpm4_run(const uint32_t *addresses, int count)
{
	uint32_t entries[BATCH];
	for (int i = 0; i < count; i += BATCH) {
		rte_lpm_lookup_bulk(lpm4, addresses + i, entries, BATCH);
		keep(entries);
	}
}

void peer_fib4_lookup(const uint32_t *addresses, int count, int32_t *values)
{
	for (int i = 0; i < count; i++) {
		uint64_t value;
		rte_fib_lookup_bulk(fib4, (uint32_t *)addresses + i, &value, 1);
		values[i] = value == FIB_MISS ? -1 : (int32_t)value;
	}
}

void peer_fib4_run(const uint32_t *addresses, int count)
{
	uint64_t values[BATCH];
	for (int i = 0; i < count; i += BATCH) {
		rte_fib_lookup_bulk(fib4, (uint32_t *)addresses + i, values, BATCH);
		keep(values);
	}
}

/* ---- IPv6 longest prefix match ---- */

int peer_lpm6_create(const uint8_t *networks, const uint8_t *lengths, const int32_t *values, int count, int groups)
{
	struct rte_lpm6_config config = { .max_rules = count + 16, .number_tbl8s = groups };
	lpm6 = rte_lpm6_create("lpm6", heap_socket, &config);
	if (lpm6 == NULL)
		return -1;

	int refused = 0;
	for (int i = 0; i < count; i++)
		refused += rte_lpm6_add(lpm6, networks + (size_t)i * RTE_LPM6_IPV6_ADDR_SIZE, lengths[i], values[i]) != 0;
	return refused;
}

void peer_lpm6_lookup(const uint8_t *addresses, int count, int32_t *values)
{
	rte_lpm6_lookup_bulk_func(lpm6, (uint8_t (*)[RTE_LPM6_IPV6_ADDR_SIZE])addresses, values, count);
}

void peer_lpm6_run(const uint8_t *addresses, int count)
{
	int32_t values[BATCH];
	for (int i = 0; i < count; i += BATCH) {
		rte_lpm6_lookup_bulk_func(lpm6, (uint8_t (*)[RTE_LPM6_IPV6_ADDR_SIZE])(addresses + (size_t)i * RTE_LPM6_IPV6_ADDR_SIZE), values, BATCH);
		keep(values);
	}
}

/* ---- GSO: segmentation of large TCP frames, with every checksum in software ---- */
#include <rte_ethdev.h>
#include <rte_gso.h>
#include <rte_mbuf.h>
#include <rte_tcp.h>

#define GSO_HEADERS (14 + 20 + 32)    /* Ethernet, IPv4, TCP with timestamps */
#define GSO_SEGMENTS 64
#define GSO_FRAMES 8

static struct rte_mempool *gso_large, *gso_direct, *gso_indirect;
static struct rte_mbuf *gso_frames[GSO_FRAMES];
static uint8_t *gso_linear;           /* a 2 KiB slot for each segment */

/* Copies `frames` large frames of `length` bytes, `stride` apart, into mbufs of its own. 0 or negative. */
int peer_gso_create(const uint8_t *bytes, int length, int stride, int frames)
{
	if (frames > GSO_FRAMES)
		return -1;
	if (gso_large == NULL) {
		gso_large = rte_pktmbuf_pool_create("gso_large", 15, 0, 0, 65535, heap_socket);
		gso_direct = rte_pktmbuf_pool_create("gso_direct", 2047, 256, 0, RTE_PKTMBUF_HEADROOM + 256, heap_socket);
		gso_indirect = rte_pktmbuf_pool_create("gso_indirect", 2047, 256, 0, 0, heap_socket);
		gso_linear = rte_malloc_socket("gso_linear", GSO_SEGMENTS * 2048, 4096, heap_socket);
	}
	if (gso_large == NULL || gso_direct == NULL || gso_indirect == NULL || gso_linear == NULL)
		return -2;
	for (int i = 0; i < frames; i++) {
		if (gso_frames[i] == NULL)
			gso_frames[i] = rte_pktmbuf_alloc(gso_large);
		struct rte_mbuf *frame = gso_frames[i];
		if (frame == NULL || length > rte_pktmbuf_tailroom(frame) + frame->data_len)
			return -3;
		memcpy(rte_pktmbuf_mtod(frame, uint8_t *), bytes + (size_t)i * stride, length);
		frame->data_len = frame->pkt_len = length;
		frame->l2_len = 14;
		frame->l3_len = 20;
		frame->l4_len = 32;
	}
	return 0;
}

static inline int gso_segment(struct rte_mbuf *frame, int segment_payload, int linearise, struct rte_mbuf **segments)
{
	struct rte_gso_ctx context = {
		.direct_pool = gso_direct, .indirect_pool = gso_indirect, .gso_types = RTE_ETH_TX_OFFLOAD_TCP_TSO,
		.gso_size = GSO_HEADERS + segment_payload,
	};
	frame->ol_flags = RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_IPV4;
	frame->tso_segsz = segment_payload;
	int count = rte_gso_segment(frame, &context, segments, GSO_SEGMENTS);
	for (int i = 0; i < count; i++) {
		struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod_offset(segments[i], struct rte_ipv4_hdr *, 14);
		struct rte_tcp_hdr *tcp = (struct rte_tcp_hdr *)((char *)ip + 20);
		ip->hdr_checksum = 0;
		ip->hdr_checksum = rte_ipv4_cksum(ip);
		tcp->cksum = 0;
		tcp->cksum = rte_ipv4_udptcp_cksum_mbuf(segments[i], ip, 34);
	}
	for (int i = 0; linearise && i < count; i++) {
		uint8_t *to = gso_linear + (size_t)i * 2048;
		for (struct rte_mbuf *part = segments[i]; part != NULL; to += part->data_len, part = part->next)
			memcpy(to, rte_pktmbuf_mtod(part, void *), part->data_len);
	}
	return count;
}

/* The segments of frame 0, each in `stride` bytes of `into`. Returns how many, or negative. */
int peer_gso_cut(int segment_payload, uint8_t *into, int stride)
{
	struct rte_mbuf *segments[GSO_SEGMENTS];
	int count = gso_segment(gso_frames[0], segment_payload, 1, segments);
	for (int i = 0; i < count; i++) {
		memcpy(into + (size_t)i * stride, gso_linear + (size_t)i * 2048, segments[i]->pkt_len);
		rte_pktmbuf_free(segments[i]);
	}
	return count;
}

/* Cuts every frame once and gives the segments back: scattered over headers and the large frame's payload, or each in one piece. */
void peer_gso_run(int frames, int segment_payload, int linearise)
{
	struct rte_mbuf *segments[GSO_SEGMENTS];
	for (int f = 0; f < frames; f++) {
		int count = gso_segment(gso_frames[f], segment_payload, linearise, segments);
		keep(gso_linear);
		for (int i = 0; i < count; i++)
			rte_pktmbuf_free(segments[i]);
	}
}

/* What a gatherer without rte_gro does for each frame: sums all of the TCP segment and copies its payload behind the others'. */
void peer_gather_run(const uint8_t *frames, int stride, int count, int header, int length, uint8_t *into)
{
	uint32_t sum = 0;
	for (int i = 0; i < count; i++) {
		const uint8_t *frame = frames + (size_t)i * stride;
		sum += rte_raw_cksum(frame + 34, length - 34);
		memcpy(into + (size_t)i * (length - header), frame + header, length - header);
	}
	keep(&sum);
	keep(into);
}

/* ---- GRO ---- */

#include <rte_ether.h>
#include <rte_gro.h>
#include <rte_mbuf.h>

#define GRO_FRAMES 4096
#define GRO_HEADER 128        /* bytes kept of each frame's start, at most */

static struct rte_mempool *gro_pool;
static struct rte_mbuf *gro_frames[GRO_FRAMES];
static uint8_t gro_headers[GRO_FRAMES][GRO_HEADER];
static struct rte_mbuf *gro_burst[GRO_FRAMES];
static int gro_count, gro_frame_bytes, gro_header_bytes;

/*
 * Takes count frames, a multiple of BATCH, of the same length: Ethernet, IPv4 and TCP headers of header_bytes in all, and payload. 0 or
 * negative.
 */
int peer_gro_create(const uint8_t *frames, int frame_bytes, int header_bytes, int count)
{
	if (gro_pool == NULL)
		gro_pool = rte_pktmbuf_pool_create("gro", GRO_FRAMES - 1, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, heap_socket);
	if (gro_pool == NULL || count >= GRO_FRAMES || header_bytes > GRO_HEADER)
		return -1;
	for (int i = 0; i < gro_count; i++) {
		gro_frames[i]->nb_segs = 1;
		gro_frames[i]->next = NULL;
		rte_pktmbuf_free(gro_frames[i]);
	}
	gro_count = count;
	gro_frame_bytes = frame_bytes;
	gro_header_bytes = header_bytes;
	for (int i = 0; i < count; i++) {
		gro_frames[i] = rte_pktmbuf_alloc(gro_pool);
		if (gro_frames[i] == NULL)
			return -2;
		memcpy(rte_pktmbuf_mtod(gro_frames[i], void *), frames + (size_t)i * frame_bytes, frame_bytes);
		memcpy(gro_headers[i], frames + (size_t)i * frame_bytes, header_bytes);
	}
	return 0;
}

/* Makes every frame what it was before it was merged, headers parsed as a driver hands them over. */
void peer_gro_restore(void)
{
	for (int i = 0; i < gro_count; i++) {
		struct rte_mbuf *frame = gro_burst[i] = gro_frames[i];
		frame->nb_segs = 1;
		frame->next = NULL;
		frame->data_off = RTE_PKTMBUF_HEADROOM;
		frame->data_len = frame->pkt_len = gro_frame_bytes;
		frame->l2_len = RTE_ETHER_HDR_LEN;
		frame->l3_len = sizeof(struct rte_ipv4_hdr);
		frame->l4_len = gro_header_bytes - RTE_ETHER_HDR_LEN - sizeof(struct rte_ipv4_hdr);
		frame->ol_flags = 0;
		frame->packet_type = RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_TCP;
		memcpy(rte_pktmbuf_mtod(frame, void *), gro_headers[i], gro_header_bytes);
	}
}

/* Merges in bursts of BATCH; verifies no checksum. Returns how many frames are left. */
int peer_gro_run(void)
{
	struct rte_gro_param parameters = { .gro_types = RTE_GRO_TCP_IPV4, .max_flow_num = BATCH, .max_item_per_flow = BATCH };
	int left = 0;
	for (int i = 0; i < gro_count; i += BATCH)
		left += rte_gro_reassemble_burst(gro_burst + i, BATCH, &parameters);
	return left;
}

/*
 * The same with what it leaves out: every TCP checksum verified, and what was merged copied behind one another to `into`. Returns how many
 * checksums were wrong.
 */
int peer_gro_gather_run(uint8_t *into)
{
	int wrong = 0;
	for (int i = 0; i < gro_count; i++) {
		const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod_offset(gro_burst[i], struct rte_ipv4_hdr *, gro_burst[i]->l2_len);
		wrong += rte_ipv4_udptcp_cksum_verify(ip, (const char *)ip + gro_burst[i]->l3_len) != 0;
	}
	struct rte_gro_param parameters = { .gro_types = RTE_GRO_TCP_IPV4, .max_flow_num = BATCH, .max_item_per_flow = BATCH };
	for (int i = 0; i < gro_count; i += BATCH) {
		int left = rte_gro_reassemble_burst(gro_burst + i, BATCH, &parameters);
		for (int k = 0; k < left; k++) {
			uint8_t *to = into;
			for (const struct rte_mbuf *part = gro_burst[i + k]; part != NULL; to += part->data_len, part = part->next)
				memcpy(to, rte_pktmbuf_mtod(part, void *), part->data_len);
			keep(into);
		}
	}
	return wrong;
}

/* ---- Flow table: exact match of 16-byte keys ---- */

#include <rte_hash.h>

#define FLOW_KEY 16

static struct rte_hash *flow_hash;

/*
 * Keys lie one behind the other; key i has the value i + 1. The hash is the library's own choice for this machine, the table half full as
 * rte_hash rounds it up. 0 or negative.
 */
int peer_hash_create(const uint8_t *keys, int count)
{
	struct rte_hash_parameters parameters = {
		.name = "flows", .entries = count + count / 3, .key_len = FLOW_KEY, .socket_id = heap_socket,
	};
	rte_hash_free(flow_hash);
	flow_hash = rte_hash_create(&parameters);
	if (flow_hash == NULL)
		return -1;
	for (int i = 0; i < count; i++)
		if (rte_hash_add_key_data(flow_hash, keys + (size_t)i * FLOW_KEY, (void *)(uintptr_t)(i + 1)) != 0)
			return -2;
	return 0;
}

static inline void hash_lookup(const uint8_t *keys, void **values)
{
	const void *batch[BATCH];
	uint64_t found;
	for (int i = 0; i < BATCH; i++)
		batch[i] = keys + (size_t)i * FLOW_KEY;
	rte_hash_lookup_bulk_data(flow_hash, batch, BATCH, &found, values);
}

/* Stores the values, 0 for keys that are not there. count is a multiple of BATCH, here and below. */
void peer_hash_lookup(const uint8_t *keys, int count, int32_t *values)
{
	for (int i = 0; i < count; i += BATCH) {
		void *found[BATCH] = { 0 };
		hash_lookup(keys + (size_t)i * FLOW_KEY, found);
		for (int k = 0; k < BATCH; k++)
			values[i + k] = (int32_t)(uintptr_t)found[k];
	}
}

void peer_hash_run(const uint8_t *keys, int count)
{
	void *values[BATCH];
	for (int i = 0; i < count; i += BATCH) {
		hash_lookup(keys + (size_t)i * FLOW_KEY, values);
		keep(values);
	}
}
