using System.Runtime.InteropServices;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// A packet that was logged, as the worker notes it: four cache lines without a reference, so that noting it allocates nothing. What the
/// headers say is read off <see cref="Bytes"/> by whoever reads the log.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
public struct LogRecord
{
    public const int SizeBytes = 256;

    [FieldOffset(0)] public MonotonicTime Time;
    [FieldOffset(8)] public long Ordinal;                   // FrameInfo.Ordinal
    [FieldOffset(16)] public int Rule;                      // in its list; RuleMatch.DefaultRule: none matched
    [FieldOffset(20)] public uint Generation;               // of the ruleset
    [FieldOffset(24)] public int DatagramLength;            // bytes, of the whole datagram
    [FieldOffset(28)] public int TransportOffset;           // of the transport header, in the datagram
    [FieldOffset(32)] public ushort Captured;               // bytes of Bytes that are the datagram's
    [FieldOffset(34)] public ushort Port;                   // where it was judged; logical
    [FieldOffset(36)] public ushort Tag;                    // of a rule; 0: none
    [FieldOffset(38)] public RulesetList List;
    [FieldOffset(39)] public RuleDirection Direction;
    [FieldOffset(40)] public LogAction Action;
    [FieldOffset(41)] public LogReason Reason;
    [FieldOffset(42)] public byte Family;                   // 4 or 6
    [FieldOffset(43)] public IpProtocol Protocol;           // behind the extension headers
    [FieldOffset(44)] public bool IsLaterFragment;          // its transport header is in another fragment
    [FieldOffset(48)] public LogBytes Bytes;
}
