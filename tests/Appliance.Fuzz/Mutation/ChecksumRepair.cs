namespace Appliance.Fuzz.Mutation;

/// <summary>Puts checksums right, as an attacker does.</summary>
internal static class ChecksumRepair
{
    public static void PutHeaderRight(Mutant mutant)
    {
        Layout layout = mutant.Layout;
        if (layout.Version != 4) return;
        Span<byte> header = mutant.Bytes[layout.Network..layout.Transport];
        Big.Put16(header, 10, 0);
        Big.Put16(header, 10, ~OnesSum.Of(header));
    }

    /// <summary>Over what the IP header says is the datagram, where that is all there.</summary>
    public static void PutTransportRight(Mutant mutant)
    {
        Layout layout = mutant.Layout;
        Span<byte> ip = mutant.Bytes[layout.Network..];
        int total = layout.Version == 4 ? Big.U16(ip, 2) : 40 + Big.U16(ip, 4);
        int transport = layout.Transport - layout.Network;
        int at = layout.Protocol switch { 1 or 58 => 2, 6 => 16, 17 => 6, _ => -1 };
        if (at < 0 || total > ip.Length || total < transport + at + 2) return;
        Span<byte> segment = ip[transport..total];
        ReadOnlySpan<byte> addresses = layout.Version == 4 ? ip.Slice(12, 8) : ip.Slice(8, 32);
        ulong pseudoHeader = layout.Protocol == 1 ? 0 : OnesSum.PseudoHeader(addresses, layout.Protocol, segment.Length);
        Big.Put16(segment, at, 0);
        Big.Put16(segment, at, ~OnesSum.Of(segment, pseudoHeader));
    }
}
