namespace Appliance.Fuzz.Mutation;

/// <summary>Where the headers of a frame are, as far as its bytes say so. Believes lengths only as far as the frame reaches.</summary>
/// <param name="Network">Offset of the IP or ARP header; the frame's end when there is none.</param>
/// <param name="Transport">Offset behind the IP header and the extension headers that are there.</param>
/// <param name="Version">4, 6, or 0: neither, or not all of the fixed header.</param>
/// <param name="Protocol">At <paramref name="Transport"/>.</param>
internal readonly record struct Layout(int Network, int Transport, int Version, byte Protocol)
{
    public static Layout Of(ReadOnlySpan<byte> frame)
    {
        int at = 14;
        if (frame.Length < at) return new Layout(frame.Length, frame.Length, 0, 0);
        int type = Big.U16(frame, 12);
        while (type is 0x8100 or 0x88a8 && frame.Length >= at + 4)
        {
            type = Big.U16(frame, at + 2);
            at += 4;
        }

        if (type == 0x0800 && frame.Length >= at + 20)
            return new Layout(at, Math.Min(frame.Length, at + Math.Max(20, (frame[at] & 15) * 4)), 4, frame[at + 9]);
        return type == 0x86dd && frame.Length >= at + 40 ? BehindExtensions(frame, at) : new Layout(at, at, 0, 0);
    }

    private static Layout BehindExtensions(ReadOnlySpan<byte> frame, int network)
    {
        int at = network + 40;
        byte next = frame[network + 6];
        for (int headers = 0; headers < 8 && next is 0 or 43 or 44 or 51 or 60 && frame.Length >= at + 8; headers++)
        {
            int length = next switch { 44 => 8, 51 => (frame[at + 1] + 2) * 4, _ => (frame[at + 1] + 1) * 8 };
            if (frame.Length < at + length) break;
            next = frame[at];
            at += length;
        }

        return new Layout(network, at, 6, next);
    }
}
