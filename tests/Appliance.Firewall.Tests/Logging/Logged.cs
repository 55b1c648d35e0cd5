using System.Buffers.Binary;
using Appliance.Wire.Ip;

namespace Appliance.Firewall.Tests.Logging;

/// <summary>Log entries of Ethernet frames, as the first rule of a filter logs them.</summary>
internal static class Logged
{
    public static LogEntry Of(byte[] frame, string id = "web", int number = 7, string port = "igb1.12")
    {
        bool isV6 = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) == 0x86dd;
        byte[] datagram = frame[14..];
        return new LogEntry
        {
            Nanoseconds = 1_700_000_000_123_456_789,
            Ordinal = 3,
            Vcpu = 1,
            Port = port,
            Direction = RuleDirection.In,
            Action = LogAction.Block,
            Reason = LogReason.Match,
            Rule = new RuleReference(id, number, null, "", 0, 0, []),
            Tag = "",
            IsV6 = isV6,
            Protocol = (IpProtocol)datagram[isV6 ? 6 : 9],
            IsLaterFragment = !isV6 && (BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(6)) & 0x1fff) != 0,
            Length = datagram.Length,
            TransportOffset = isV6 ? 40 : (datagram[0] & 15) * 4,
            Datagram = datagram.AsMemory(0, Math.Min(datagram.Length, LogBytes.Length)),
        };
    }
}
