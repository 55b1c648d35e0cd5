using System.Reflection;
using System.Runtime.InteropServices;

namespace Appliance.Benchmarks.Peers;

/// <summary>DPDK's functions, through <c>peer.c</c>, which says what each of these does.</summary>
internal static partial class DpdkPeer
{
    public const int BatchSize = 64;                                  // BATCH in peer.c
    private const string Library = "peer";

    /// <summary>Builds, loads and starts the peer. False, with the reason, when it cannot be had on this machine.</summary>
    public static bool TryStart(out string reason)
    {
        if (!PeerBuild.TryBuild(out string path, out reason)) return false;
        NativeLibrary.SetDllImportResolver(
            typeof(DpdkPeer).Assembly,
            (string name, Assembly _, DllImportSearchPath? _) => name == Library ? NativeLibrary.Load(path) : 0);
        // The last core: the first one serves most interrupts.
        bool started = Start(Environment.ProcessorCount - 1) == 0;
        reason = started ? "" : "DPDK did not start (it needs 1 GiB of memory)";
        return started;
    }

    [LibraryImport(Library, EntryPoint = "peer_start")]
    private static partial int Start(int core);

    [LibraryImport(Library, EntryPoint = "peer_checksum")]
    public static partial ushort Checksum(ReadOnlySpan<byte> bytes, int length);

    [LibraryImport(Library, EntryPoint = "peer_checksum_run")]
    public static partial void RunChecksum(ReadOnlySpan<byte> bytes, int length, int stride, int buffers, int passes);

    [LibraryImport(Library, EntryPoint = "peer_read_run")]
    public static partial void RunRead(ReadOnlySpan<byte> bytes, int length, int stride, int buffers, int passes);

    [LibraryImport(Library, EntryPoint = "peer_thash_create")]
    public static partial int CreateThash(ReadOnlySpan<byte> key);

    [LibraryImport(Library, EntryPoint = "peer_thash_gfni_bulk")]
    public static partial void RunThashGfniBulk(ReadOnlySpan<nint> tuples, int length, int count, Span<uint> hashes);

    [LibraryImport(Library, EntryPoint = "peer_thash_gfni_bulk_unrolled")]
    public static partial void RunThashGfniBulkUnrolled(ReadOnlySpan<nint> tuples, int length, int count, Span<uint> hashes);

    [LibraryImport(Library, EntryPoint = "peer_tuple_read")]
    public static partial void RunTupleRead(ReadOnlySpan<nint> tuples, int length, int count, Span<uint> hashes);

    [LibraryImport(Library, EntryPoint = "peer_thash_gfni")]
    public static partial void RunThashGfni(ReadOnlySpan<nint> tuples, int length, int count, Span<uint> hashes);

    [LibraryImport(Library, EntryPoint = "peer_softrss_be")]
    public static partial void RunSoftrss(ReadOnlySpan<nint> tuples, int length, int count, Span<uint> hashes);

    [LibraryImport(Library, EntryPoint = "peer_ring_create")]
    public static partial int CreateRing(int capacity);

    [LibraryImport(Library, EntryPoint = "peer_ring_produce")]
    public static partial void ProduceRing(long count, int burst);

    [LibraryImport(Library, EntryPoint = "peer_ring_consume")]
    public static partial long ConsumeRing(long count, int burst, int pauses);

    [LibraryImport(Library, EntryPoint = "peer_ring_turn")]
    public static partial void TurnRing(long count, int burst);

    [LibraryImport(Library, EntryPoint = "peer_lpm4_create")]
    public static partial int CreateLpm4(
        ReadOnlySpan<uint> networks, ReadOnlySpan<byte> lengths, ReadOnlySpan<int> values, int count, int groups);

    [LibraryImport(Library, EntryPoint = "peer_fib4_vector")]
    public static partial int UseVectorFib4();

    [LibraryImport(Library, EntryPoint = "peer_lpm4_lookup")]
    public static partial void LookupLpm4(ReadOnlySpan<uint> addresses, int count, Span<int> values);

    [LibraryImport(Library, EntryPoint = "peer_lpm4_run")]
    public static partial void RunLpm4(ReadOnlySpan<uint> addresses, int count);

    [LibraryImport(Library, EntryPoint = "peer_fib4_lookup")]
    public static partial void LookupFib4(ReadOnlySpan<uint> addresses, int count, Span<int> values);

    [LibraryImport(Library, EntryPoint = "peer_fib4_run")]
    public static partial void RunFib4(ReadOnlySpan<uint> addresses, int count);

    [LibraryImport(Library, EntryPoint = "peer_lpm6_create")]
    public static partial int CreateLpm6(
        ReadOnlySpan<byte> networks, ReadOnlySpan<byte> lengths, ReadOnlySpan<int> values, int count, int groups);

    [LibraryImport(Library, EntryPoint = "peer_lpm6_lookup")]
    public static partial void LookupLpm6(ReadOnlySpan<byte> addresses, int count, Span<int> values);

    [LibraryImport(Library, EntryPoint = "peer_lpm6_run")]
    public static partial void RunLpm6(ReadOnlySpan<byte> addresses, int count);

    [LibraryImport(Library, EntryPoint = "peer_gso_create")]
    public static partial int CreateGso(ReadOnlySpan<byte> frames, int length, int stride, int count);

    [LibraryImport(Library, EntryPoint = "peer_gso_cut")]
    public static partial int CutGso(int segmentPayload, Span<byte> into, int stride);

    [LibraryImport(Library, EntryPoint = "peer_gso_run")]
    public static partial void RunGso(int frames, int segmentPayload, int linearise);

    [LibraryImport(Library, EntryPoint = "peer_gather_run")]
    public static partial void RunGather(ReadOnlySpan<byte> frames, int stride, int count, int header, int length, Span<byte> into);

    [LibraryImport(Library, EntryPoint = "peer_gro_create")]
    public static partial int CreateGro(ReadOnlySpan<byte> frames, int frameBytes, int headerBytes, int count);

    [LibraryImport(Library, EntryPoint = "peer_gro_restore")]
    public static partial void RestoreGro();

    [LibraryImport(Library, EntryPoint = "peer_gro_run")]
    public static partial int RunGro();

    [LibraryImport(Library, EntryPoint = "peer_gro_gather_run")]
    public static partial int RunGroGather(Span<byte> into);

    [LibraryImport(Library, EntryPoint = "peer_hash_create")]
    public static partial int CreateHash(ReadOnlySpan<byte> keys, int count);

    [LibraryImport(Library, EntryPoint = "peer_hash_lookup")]
    public static partial void LookupHash(ReadOnlySpan<byte> keys, int count, Span<int> values);

    [LibraryImport(Library, EntryPoint = "peer_hash_run")]
    public static partial void RunHash(ReadOnlySpan<byte> keys, int count);
}
