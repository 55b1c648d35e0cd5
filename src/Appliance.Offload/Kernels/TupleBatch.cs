using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Offload;

/// <summary>
/// The flows of one batch, ready to be hashed: for each family the words of all tuples side by side. What of a frame counts: addresses,
/// then ports. Under <c>symmetric</c> the two endpoints are put in order and the ports (of TCP, UDP and SCTP, or the ICMP echo identifier)
/// always count; otherwise the NDIS hash types decide. Fragments go by addresses alone, all of them.
/// </summary>
internal sealed unsafe class TupleBatch
{
    private const int Capacity = ToeplitzHash.BatchCapacity;
    private const int Ipv4Words = 3, Ipv6Words = 9;

    private readonly Family _v4 = new(Ipv4Words);
    private readonly Family _v6 = new(Ipv6Words);

    /// <summary>The tuples of one family and the frames they are of.</summary>
    private sealed class Family(int wordCount)
    {
        public readonly uint[] Words = new uint[wordCount * Capacity];
        public readonly uint[] Hashes = new uint[Capacity];
        public readonly byte[] Frames = new byte[Capacity];             // index in the batch
        public int Count;

        public void Hash(ToeplitzHash hash, ReadOnlySpan<Frame> frames)
        {
            if (Count == 0) return;
            hash.HashBatch(Words, wordCount, Count, Hashes);
            for (int i = 0; i < Count; i++)
                frames[Frames[i]].Info.Hash = Hashes[i];
        }
    }

    /// <summary>
    /// Writes the hash of each frame that has one to its info, with <see cref="FrameTraits.Hashed"/>; that of the others is 0.
    /// </summary>
    public void Hash(ReadOnlySpan<Frame> frames, SteeringRules rules)
    {
        _v4.Count = 0;
        _v6.Count = 0;
        for (int i = 0; i < frames.Length; i++)
        {
            ref FrameInfo info = ref frames[i].Info;
            info.Hash = 0;
            bool v6 = info.Network == NetworkKind.Ipv6;
            if ((!v6 && info.Network != NetworkKind.Ipv4) || !TryReadPorts(ref info, rules, v6, out uint ports)) continue;
            info.Traits |= FrameTraits.Hashed;
            byte* datagram = frames[i].Pointer + info.NetworkOffset;
            if (v6) AddIpv6(datagram + 8, ports, rules.Symmetric, i);
            else AddIpv4(datagram + 12, ports, rules.Symmetric, i);
        }

        _v4.Hash(rules.Hash, frames);
        _v6.Hash(rules.Hash, frames);
    }

    /// <summary>The word of ports, or zero where they do not count; false where nothing of the frame is hashed.</summary>
    private static bool TryReadPorts(ref FrameInfo info, SteeringRules rules, bool v6, out uint ports)
    {
        bool count = (info.Traits & (FrameTraits.Ports | FrameTraits.Fragment)) == FrameTraits.Ports;
        ports = 0;
        if (!rules.Symmetric)
        {
            count = count && (rules.Types & TypeWithPorts(info.Protocol, v6)) != HashTypes.None;
            if (!count && (rules.Types & (v6 ? HashTypes.Ipv6 : HashTypes.Ipv4)) == HashTypes.None) return false;
        }

        if (count) ports = ((uint)info.SourcePort << 16) | info.DestinationPort;
        return true;
    }

    private void AddIpv4(byte* addresses, uint ports, bool symmetric, int frame)
    {
        uint source = ReadUInt32(addresses), destination = ReadUInt32(addresses + 4);
        if (symmetric && IsLater(source.CompareTo(destination), ports))
        {
            (source, destination) = (destination, source);
            ports = (ports << 16) | (ports >> 16);
        }

        int at = _v4.Count++;
        _v4.Frames[at] = (byte)frame;
        uint[] words = _v4.Words;
        words[at] = source;
        words[Capacity + at] = destination;
        words[(2 * Capacity) + at] = ports;
    }

    private void AddIpv6(byte* addresses, uint ports, bool symmetric, int frame)
    {
        byte* first = addresses;
        byte* second = addresses + Ipv6Address.Length;
        int order = new ReadOnlySpan<byte>(first, Ipv6Address.Length).SequenceCompareTo(new ReadOnlySpan<byte>(second, Ipv6Address.Length));
        if (symmetric && IsLater(order, ports))
        {
            first = addresses + Ipv6Address.Length;
            second = addresses;
            ports = (ports << 16) | (ports >> 16);
        }

        int at = _v6.Count++;
        _v6.Frames[at] = (byte)frame;
        uint[] words = _v6.Words;
        for (int word = 0; word < 4; word++)
        {
            words[(word * Capacity) + at] = ReadUInt32(first + (4 * word));
            words[((word + 4) * Capacity) + at] = ReadUInt32(second + (4 * word));
        }

        words[(8 * Capacity) + at] = ports;
    }

    /// <summary>The source is the later endpoint: by address, and of equal addresses by port.</summary>
    private static bool IsLater(int order, uint ports) => order > 0 || (order == 0 && ports >> 16 > (ports & 0xffff));

    private static HashTypes TypeWithPorts(IpProtocol protocol, bool v6) => (protocol, v6) switch
    {
        (IpProtocol.Tcp, false) => HashTypes.TcpIpv4,
        (IpProtocol.Tcp, true) => HashTypes.TcpIpv6,
        (IpProtocol.Udp, false) => HashTypes.UdpIpv4,
        (IpProtocol.Udp, true) => HashTypes.UdpIpv6,
        _ => HashTypes.None,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ReadUInt32(byte* bytes) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(bytes));
}
