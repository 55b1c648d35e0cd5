using Appliance.Testing;
using Appliance.Wire.Ethernet;

namespace Appliance.Offload.Tests.Parsing;

/// <summary>
/// Damages frames as attackers, broken senders and short captures do: bits, cuts, tags, lengths; half of them get a right header checksum.
/// </summary>
internal sealed class FrameMutations(int seed)
{
    private static readonly ushort[] Vlans = [0, 0, 5, 5, 7, 30, 20, 10, 1213, 200, 999];
    private static readonly byte[] Interesting = [0, 1, 4, 6, 17, 43, 44, 45, 50, 51, 58, 59, 60, 69, 127, 131, 135, 137, 255];
    private static readonly byte[] OptionBytes = [0, 1, 1, 1, 2, 3, 4, 7, 8, 131, 137, 148];
    private readonly Random _random = new(seed);

    public byte[] Next(byte[] frame)
    {
        byte[] changed = [.. frame];
        for (int steps = _random.Next(1, 4); steps > 0; steps--)
            changed = Change(changed);
        return _random.Next(2) == 0 ? changed : Repaired(changed);
    }

    private byte[] Change(byte[] frame) => _random.Next(12) switch
    {
        0 => frame[.._random.Next(frame.Length + 1)],
        1 => [.. frame, .. new byte[_random.Next(40)]],
        2 or 3 => WithTag(frame),
        4 or 5 => WithByte(frame, (byte)_random.Next(256)),
        6 or 7 => WithByte(frame, Pick(Interesting)),
        8 => WithOptions(frame),
        _ => WithBitFlipped(frame),
    };

    private byte[] WithTag(byte[] frame)
    {
        if (frame.Length < EthernetView.HeaderLength) return frame;
        return TestFrames.Tagged(frame, _random.Next(4) == 0 ? EtherType.ServiceVlan : EtherType.Vlan, Pick(Vlans));
    }

    private byte[] WithBitFlipped(byte[] frame)
    {
        if (frame.Length == 0) return frame;
        byte[] changed = [.. frame];
        changed[Position(frame)] ^= (byte)(1 << _random.Next(8));
        return changed;
    }

    private byte[] WithByte(byte[] frame, byte value)
    {
        if (frame.Length == 0) return frame;
        byte[] changed = [.. frame];
        changed[Position(frame)] = value;
        return changed;
    }

    /// <summary>A longer IPv4 header: what was the payload's beginning is now options.</summary>
    private byte[] WithOptions(byte[] frame)
    {
        if (frame.Length < 34 || frame[14] >> 4 != 4) return frame;
        byte[] changed = [.. frame];
        changed[14] = (byte)(0x40 | _random.Next(4, 16));
        for (int i = 34; i < Math.Min(frame.Length, 74) && _random.Next(3) > 0; i++)
            changed[i] = Pick(OptionBytes);
        return changed;
    }

    /// <summary>Mostly in the headers.</summary>
    private int Position(byte[] frame) => _random.Next(4) == 0 ? _random.Next(frame.Length) : _random.Next(Math.Min(frame.Length, 90));

    private T Pick<T>(T[] values) => values[_random.Next(values.Length)];

    private static byte[] Repaired(byte[] frame)
    {
        if (!EthernetView.TryParse(frame, out EthernetView ethernet) || ethernet.EtherType != EtherType.Ipv4) return frame;
        return frame.Length < 34 ? frame : TestFrames.WithIpv4(frame, 0, frame[14]);
    }
}
