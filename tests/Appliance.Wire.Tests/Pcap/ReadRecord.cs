using Appliance.Wire.Pcap;

namespace Appliance.Wire.Tests.Pcap;

/// <summary>A copy of a record, and where in the stream it ended.</summary>
internal sealed record ReadRecord(
    string Hex, int OriginalLength, long Time, LinkType LinkType, int FcsLength, int InterfaceId, CaptureDirection Direction, long End)
{
    public ReadRecord(in CaptureRecord record, long end)
        : this(
            Convert.ToHexString(record.Bytes),
            record.OriginalLength,
            record.TimestampNanoseconds,
            record.LinkType,
            record.FcsLength,
            record.InterfaceId,
            record.Direction,
            end)
    {
    }
}
