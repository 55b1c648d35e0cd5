namespace Appliance.Wire.Pcap;

/// <summary>What an interface description block says that its packets need.</summary>
internal readonly record struct PcapngInterface(LinkType LinkType, uint SnapLength, int FcsLength, TimestampUnit TimestampUnit)
{
    private const int FixedLength = 8;                                // link type(2) reserved(2) snap length(4)

    /// <summary>Reads the block's body; the reason when it is damaged.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, CaptureByteOrder order, out PcapngInterface description, out string? reason)
    {
        description = default;
        reason = body.Length < FixedLength ? "an interface description is too short" : null;
        if (reason is not null) return false;
        byte resolution = TimestampUnit.Microseconds.Resolution;
        long offsetSeconds = 0;
        int fcsLength = 0;
        var options = new PcapngOptions(body[FixedLength..], order);
        while (options.TryNext(out ushort code, out ReadOnlySpan<byte> value))
        {
            int wanted = code switch
            {
                PcapngBlock.TimestampResolutionOption or PcapngBlock.FcsLengthOption => 1,
                PcapngBlock.TimestampOffsetOption => 8,
                _ => value.Length,
            };
            if (value.Length != wanted) reason = $"option {code} of an interface has {value.Length} bytes and not {wanted}";
            if (reason is not null) return false;
            if (code == PcapngBlock.TimestampResolutionOption) resolution = value[0];
            if (code == PcapngBlock.FcsLengthOption) fcsLength = FcsBytes(value[0]);
            if (code == PcapngBlock.TimestampOffsetOption) offsetSeconds = order.Int64(value);
        }

        if (options.IsDamaged) reason = "an option of an interface is longer than its block";
        var unit = new TimestampUnit(resolution, offsetSeconds);
        description = new PcapngInterface((LinkType)order.UInt16(body), order.UInt32(body[4..]), fcsLength, unit);
        return reason is null;
    }

    /// <summary>
    /// The draft counts if_fcslen in bits and gives 4 as its example; programs count in bytes. No check sequence has 16 bytes, or 4 bits.
    /// </summary>
    private static int FcsBytes(byte length) => length >= 16 ? length / 8 : length;
}
