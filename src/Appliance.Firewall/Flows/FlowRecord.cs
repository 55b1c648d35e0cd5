using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// A state: five cache lines outside the managed heap, ordered by how often they are touched.
/// <code>
///     line 0    what every frame reads and writes: time, the tracker of datagrams, counters, and the rules it counts with
///     line 1    the way on: what a frame that comes in by an established connection takes along; the partner
///     line 2    the tracker of TCP and SCTP
///     line 3    key on the wire, timer
///     line 4    key inside, lists
/// </code>
/// A datagram of an established connection touches the first two of the state it came in by, and the first of the one it leaves by; a
/// segment touches both trackers, too.
/// What the table needs for its own order is internal; the rest belongs to whoever judges frames. A reference to a record holds until
/// the state is removed or its bucket detached.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
public struct FlowRecord
{
    public const int SizeBytes = 320;

    internal const int LineBytes = 64;
    internal const int ForwardOffset = 16, ReverseOffset = 32, TrackerOffset = 128, WireKeyOffset = 192, StackKeyOffset = 256;

    /// <summary>No partner, no source, no translation's source.</summary>
    public const int Nobody = -1;

    /// <summary>No alias.</summary>
    public const ushort NoBucket = ushort.MaxValue;

    /// <summary>Of its latest frame. That is all a frame has to write: the timer looks at it when it fires.</summary>
    [FieldOffset(0)] public MonotonicTime LastSeen;

    [FieldOffset(8)] internal uint Timeout;                 // seconds after LastSeen; FlowTable.SetTimeout
    [FieldOffset(12)] public PairTrack Pair;                // the tracker of protocols without one of their own
    [FieldOffset(15)] internal FlowDirection Way;
    [FieldOffset(ForwardOffset)] public ulong ForwardPackets;   // as the frame that made the state
    [FieldOffset(24)] public ulong ForwardBytes;            // IP lengths, as in pf
    [FieldOffset(ReverseOffset)] public ulong ReversePackets;
    [FieldOffset(40)] public ulong ReverseBytes;
    [FieldOffset(48)] public uint Rule;                     // in its ruleset
    [FieldOffset(52)] public uint Ruleset;                  // generation
    [FieldOffset(56)] public uint TranslationRule;          // the rule that translated, in the same ruleset
    [FieldOffset(60)] public ushort MatchSet;               // the match rules that count with it, in its ruleset; 0: none
    [FieldOffset(62)] public FlowFlags Flags;

    [FieldOffset(64)] internal ExpressWay Express;
    [FieldOffset(90)] public ushort EgressPort;             // of the next hop; logical
    [FieldOffset(92)] internal ushort HomeBucket;           // beside the port as in FrameInfo: both are compared at once
    [FieldOffset(94)] internal ushort ExpressPort;          // logical; that the frames of the way on come in by
    [FieldOffset(96)] public uint NextHopGeneration;        // of the routes it was found in; 0: none was. Compared with both
    [FieldOffset(100)] internal int PartnerIndex;
    [FieldOffset(104)] public ulong NextHop;                // FrameInfo.NextHop of the frames that come in by this state
    [FieldOffset(112)] public ulong Id;                     // of the state, for people and peers
    [FieldOffset(120)] internal MonotonicTime Birth;

    [FieldOffset(TrackerOffset)] public TrackerBytes Tracker;
    [FieldOffset(184)] internal ushort RuleAccount;         // cell of StateLimits
    [FieldOffset(186)] public ushort Tag;
    [FieldOffset(188)] public ushort Port;                  // where the frame that made it passed; logical
    [FieldOffset(190)] internal ushort StackAliasAt;

    [FieldOffset(WireKeyOffset)] internal FlowKey WireKey;
    [FieldOffset(232)] internal TimerLink Timer;
    [FieldOffset(232)] internal int Place;                  // instead, while the bucket moves: in the letter, then in the new table

    [FieldOffset(252)] public byte StickySource;            // of StickyLedger: the memory that holds its source's address; 0: none
    [FieldOffset(253)] public byte StickyDestination;
    [FieldOffset(254)] public byte StickyWay;               // as StickySource

    [FieldOffset(StackKeyOffset)] internal FlowKey StackKey;
    [FieldOffset(296)] internal BucketLink InBucket;
    [FieldOffset(304)] public int SourceNode;               // source tracking: the rule's account; 0: of all rules; Nobody
    [FieldOffset(308)] public ushort GivenWay;              // of FlowWays, for one direction of its frames; 0: none
    [FieldOffset(310)] internal ushort WireAliasAt;
    [FieldOffset(312)] internal SyncMark Sync;              // of what the peer was told last

    /// <summary>The key as on the wire of the port.</summary>
    public readonly FlowKey Wire => WireKey;

    /// <summary>The key as inside the appliance; the same where nothing is translated.</summary>
    public readonly FlowKey Stack => StackKey;

    public readonly bool IsTranslated => WireKey != StackKey;

    public readonly FlowDirection Direction => Way;

    public readonly MonotonicTime Created => Birth;

    public readonly uint TimeoutSeconds => Timeout;

    /// <summary>The cell of <see cref="StateLimits"/> in which the rule's states are counted.</summary>
    public readonly uint Account => RuleAccount;

    /// <summary>The steering bucket of the frame that began the connection, as it arrived: its owner is the state's.</summary>
    public readonly ushort Bucket => HomeBucket;

    /// <summary>
    /// Where frames that find the state on a side arrive, if that is another bucket than its own: it has an alias there. Else <see
    /// cref="NoBucket"/>.
    /// </summary>
    public readonly ushort AliasBucket(FlowSide side) => side == FlowSide.Wire ? WireAliasAt : StackAliasAt;

    internal readonly bool IsOfAnswer => (Flags & FlowFlags.OfAnswer) != FlowFlags.None;

    /// <summary>The state of the same connection at its other port, in the same table; <see cref="Nobody"/>: there is none.</summary>
    public readonly int Partner => PartnerIndex;

    /// <summary>Whether a frame that found the state on a side goes the way of the one that made it.</summary>
    public readonly bool IsForward(FlowSide foundOn) => (Way == FlowDirection.In) == (foundOn == FlowSide.Wire);

    /// <summary>Counts frames that found the state on a side; bytes are IP lengths.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(FlowSide foundOn, int frames, long bytes)
    {
        if (IsForward(foundOn))
        {
            ForwardPackets += (ulong)frames;
            ForwardBytes += (ulong)bytes;
        }
        else
        {
            ReversePackets += (ulong)frames;
            ReverseBytes += (ulong)bytes;
        }
    }
}
