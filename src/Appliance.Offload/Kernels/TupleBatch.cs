using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Offload;

/// <summary>
/// The flows of one batch, ready to be hashed. What of a frame counts: addresses, then ports. Under <c>symmetric</c> the two endpoints are
/// put in order and the ports (of TCP, UDP and SCTP, or the ICMP echo identifier) always count; otherwise the NDIS hash types decide.
/// Fragments go by addresses alone, all of them.
///
/// Nearly every frame has its tuple side by side in its headers: addresses, no options, ports that count. It is hashed where it lies, and
/// here only its address is noted. For every other frame the tuple is written to a place of its own.
/// </summary>
internal sealed unsafe class TupleBatch
{
    private const int Capacity = FrameBatch.DefaultCapacity;
    private const int Ipv4SourceAt = 12, Ipv6SourceAt = 8;              // in the IP header
    private const int PlaceBytes = 48, TupleAt = 8;                     // the hash reads 4 bytes in front of a tuple, too
    private const int Protocols = 256;

    /// <summary>Of a frame whose ports, if they count, stand right behind its addresses.</summary>
    private const FrameTraits PlainMask = FrameTraits.Ports | FrameTraits.Fragment | FrameTraits.Options;

    private readonly Family _v4 = new(), _v6 = new();
    private readonly byte[] _others = new byte[Capacity];
    private readonly byte[] _places = GC.AllocateArray<byte>(Capacity * PlaceBytes, pinned: true);
    private readonly uint[] _hashes = new uint[Capacity];
    private SteeringRules? _rules;
    private bool _allPortsCount;                                        // of TCP and UDP in IPv4

    /// <summary>The tuples of one family and the frames they are of.</summary>
    private sealed class Family
    {
        public readonly bool[] PortsCount = new bool[Protocols];        // by protocol, under the rules
        public readonly nint[] Tuples = new nint[Capacity];
        public readonly byte[] Frames = new byte[Capacity];             // index in the batch
        public readonly uint[] Hashes = new uint[Capacity];
        public int Count;

        public void Add(int frame, byte* tuple)
        {
            Tuples[Count] = (nint)tuple;
            Frames[Count++] = (byte)frame;
        }
    }

    /// <summary>
    /// The hash of each frame, 0 where there is nothing to hash; those that are hashed get <see cref="FrameTraits.Hashed"/>. The answer
    /// is good until the next call.
    /// </summary>
    /// <param name="frames">64 at most.</param>
    /// <param name="rules">Of the appliance.</param>
    /// <param name="facts">Of the frames.</param>
    public ReadOnlySpan<uint> Hash(ReadOnlySpan<Frame> frames, SteeringRules rules, BatchFacts facts = BatchFacts.None)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames.Length, Capacity);
        if (!ReferenceEquals(rules, _rules)) Adopt(rules);
        if (_allPortsCount && (facts & BatchFacts.PlainIpv4) != BatchFacts.None)
        {
            NoteAll(frames, _v4.Tuples);
            rules.Hash.HashIpv4(_v4.Tuples.AsSpan(0, frames.Length), rules.Symmetric, _hashes);
        }
        else
        {
            HashMixed(frames, rules);
        }

        return _hashes.AsSpan(0, frames.Length);
    }

    private void HashMixed(ReadOnlySpan<Frame> frames, SteeringRules rules)
    {
        int others = NotePlain(frames);
        for (int i = 0; i < others; i++)
            AddOther(frames[_others[i]], rules, _others[i]);

        // Those that were not plain stand behind the plain ones: the order of the tuples is that of the frames only without them.
        if (others == 0 && _v4.Count == frames.Length) rules.Hash.HashIpv4(_v4.Tuples.AsSpan(0, _v4.Count), rules.Symmetric, _hashes);
        else if (others == 0 && _v6.Count == frames.Length) rules.Hash.HashIpv6(_v6.Tuples.AsSpan(0, _v6.Count), rules.Symmetric, _hashes);
        else HashApart(rules);
    }

    private void HashApart(SteeringRules rules)
    {
        _hashes.AsSpan().Clear();
        rules.Hash.HashIpv4(_v4.Tuples.AsSpan(0, _v4.Count), rules.Symmetric, _v4.Hashes);
        rules.Hash.HashIpv6(_v6.Tuples.AsSpan(0, _v6.Count), rules.Symmetric, _v6.Hashes);
        Spread(_v4);
        Spread(_v6);
    }

    private void Spread(Family family)
    {
        for (int i = 0; i < family.Count; i++)
            _hashes[family.Frames[i]] = family.Hashes[i];
    }

    /// <summary>
    /// The same for frames that are all plain and of IPv4, as those of a batch mostly are. Not inlined: the loop needs the registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void NoteAll(ReadOnlySpan<Frame> frames, nint[] tuples)
    {
        for (int i = 0; i < frames.Length && i < tuples.Length; i++)
        {
            ref FrameInfo info = ref frames[i].Info;
            info.Traits |= FrameTraits.Hashed;
            tuples[i] = (nint)(frames[i].Pointer + info.NetworkOffset + Ipv4SourceAt);
        }
    }

    /// <summary>
    /// Notes where the tuples of plain frames lie, and answers how many frames are not plain. Nothing is called for any frame, so that
    /// all of the loop stays in registers.
    /// </summary>
    private int NotePlain(ReadOnlySpan<Frame> frames)
    {
        fixed (bool* counts4 = _v4.PortsCount, counts6 = _v6.PortsCount)
        fixed (nint* tuples4 = _v4.Tuples, tuples6 = _v6.Tuples)
        fixed (byte* frames4 = _v4.Frames, frames6 = _v6.Frames, other = _others)
        {
            int v4 = 0, v6 = 0, others = 0;
            for (int i = 0; i < frames.Length; i++)
            {
                ref FrameInfo info = ref frames[i].Info;
                bool isPlain = (info.Traits & PlainMask) == FrameTraits.Ports;
                if (isPlain && info.Network == NetworkKind.Ipv4 && counts4[(byte)info.Protocol])
                {
                    info.Traits |= FrameTraits.Hashed;
                    tuples4[v4] = (nint)(frames[i].Pointer + info.NetworkOffset + Ipv4SourceAt);
                    frames4[v4++] = (byte)i;
                }
                else if (isPlain && info.Network == NetworkKind.Ipv6 && counts6[(byte)info.Protocol])
                {
                    info.Traits |= FrameTraits.Hashed;
                    tuples6[v6] = (nint)(frames[i].Pointer + info.NetworkOffset + Ipv6SourceAt);
                    frames6[v6++] = (byte)i;
                }
                else
                {
                    other[others++] = (byte)i;
                }
            }

            _v4.Count = v4;
            _v6.Count = v6;
            return others;
        }
    }

    private void Adopt(SteeringRules rules)
    {
        _rules = rules;
        for (int protocol = 0; protocol < Protocols; protocol++)
        {
            _v4.PortsCount[protocol] = rules.CountsPortsOf((IpProtocol)protocol, v6: false);
            _v6.PortsCount[protocol] = rules.CountsPortsOf((IpProtocol)protocol, v6: true);
        }

        _allPortsCount = _v4.PortsCount[(int)IpProtocol.Tcp] && _v4.PortsCount[(int)IpProtocol.Udp];
    }

    /// <summary>A frame without ports that count, or with ports that do not stand behind the addresses.</summary>
    private void AddOther(Frame frame, SteeringRules rules, int index)
    {
        ref FrameInfo info = ref frame.Info;
        bool v6 = info.Network == NetworkKind.Ipv6;
        if ((!v6 && info.Network != NetworkKind.Ipv4) || !TryReadPorts(ref info, rules, v6, out uint ports)) return;
        info.Traits |= FrameTraits.Hashed;
        int addressBytes = 2 * (v6 ? Ipv6Address.Length : Ipv4Address.Length);
        Span<byte> tuple = _places.AsSpan((index * PlaceBytes) + TupleAt, addressBytes + sizeof(uint));
        frame.Datagram.Slice(v6 ? Ipv6SourceAt : Ipv4SourceAt, addressBytes).CopyTo(tuple);
        BinaryPrimitives.WriteUInt32BigEndian(tuple[addressBytes..], ports);
        (v6 ? _v6 : _v4).Add(index, (byte*)Unsafe.AsPointer(ref tuple[0]));             // the places are pinned
    }

    /// <summary>The word of ports, or zero where they do not count; false where nothing of the frame is hashed.</summary>
    private static bool TryReadPorts(ref FrameInfo info, SteeringRules rules, bool v6, out uint ports)
    {
        bool count = (info.Traits & (FrameTraits.Ports | FrameTraits.Fragment)) == FrameTraits.Ports;
        ports = 0;
        if (!rules.Symmetric)
        {
            count = count && rules.CountsPortsOf(info.Protocol, v6);
            if (!count && (rules.Types & (v6 ? HashTypes.Ipv6 : HashTypes.Ipv4)) == HashTypes.None) return false;
        }

        if (count) ports = ((uint)info.SourcePort << 16) | info.DestinationPort;
        return true;
    }
}
