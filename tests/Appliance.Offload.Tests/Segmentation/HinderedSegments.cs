using System.Buffers.Binary;
using Appliance.Testing;
using Appliance.Wire.Transport;

namespace Appliance.Offload.Tests.Segmentation;

/// <summary>
/// Frames of one TCP connection in a row, as a sender cuts them, with at most one <see cref="Hindrance"/> among them. What a cutter gives
/// back and what it does not is known of each, so that neither too much nor too little may leave whole.
/// </summary>
internal sealed class HinderedSegments
{
    private readonly Random _random;
    private readonly bool _isIpv6;
    private readonly bool _isFixed;
    private readonly bool _dontFragment;
    private readonly int _size;

    public HinderedSegments(int seed)
    {
        _random = new Random(seed);
        _isIpv6 = _random.Next(3) == 0;
        _dontFragment = _random.Next(2) == 0;
        _isFixed = _dontFragment && _random.Next(3) == 0;
        _size = _random.Next(4) == 0 ? _random.Next(900, 1449) : _random.Next(1, 80);
        Frames = Plain(_random.Next(2, 9));
        if (_random.Next(2) == 0) Hindrance = (Hindrance)_random.Next(1, Enum.GetValues<Hindrance>().Length);
        Hinder();
    }

    public List<byte[]> Frames { get; }

    /// <summary>What was done, if the frames allow it to be done; otherwise <see cref="Hindrance.None"/>.</summary>
    public Hindrance Hindrance { get; private set; }

    private List<byte[]> Plain(int count)
    {
        ushort id = (ushort)(_random.Next(3) == 0 ? 0xfffe : _random.Next(65536));
        uint sequence = _random.Next(3) == 0 ? 0xffff_ffff : (uint)_random.NextInt64(1L << 32);
        TcpFlags flags = TcpFlags.Ack | (_random.Next(4) == 0 ? TcpFlags.Ece : TcpFlags.None);
        byte[] options = _random.Next(3) switch { 0 => [], 1 => LargeFrameSamples.Timestamps, _ => [1, 1, 5, 10, .. new byte[8]] };
        byte[] ipOptions = _random.Next(8) == 0 ? [7, 7, 4, 0, 0, 0, 0, 0] : [];
        ushort vlan = (ushort)(_random.Next(6) == 0 ? 5 : 0);
        byte hops = (byte)_random.Next(2, 256), service = (byte)_random.Next(256);
        var frames = new List<byte[]>();
        for (int i = 0; i < count; i++)
        {
            bool isLast = i == count - 1;
            var payload = new byte[isLast ? _random.Next(1, _size + 1) : _size];
            if (_random.Next(8) != 0) _random.NextBytes(payload);
            TcpFlags last = isLast ? (TcpFlags)(_random.Next(4) switch { 0 => 0, 1 => 1, 2 => 8, _ => 9 }) : TcpFlags.None;
            TestTransport tcp = TestTransport.Tcp(
                new TcpFields
                {
                    SourcePort = 40000, DestinationPort = 443, SequenceNumber = sequence, AcknowledgmentNumber = 5, Window = 500,
                    Flags = flags | last,
                },
                payload, options);
            byte[] frame = _isIpv6
                ? TestFrames.Ipv6("2001:db8:1::10", "2001:db8:f::7", tcp, ip => ip with
                {
                    HopLimit = hops, TrafficClass = service, FlowLabel = 9,
                })
                : TestFrames.Ipv4("192.168.1.10", "198.51.100.7", tcp, ip => ip with
                {
                    Identification = id, DontFragment = _dontFragment, TimeToLive = hops, DifferentiatedServices = service,
                }, ipOptions);
            frames.Add(vlan == 0 ? frame : TestFrames.Tagged(frame, vlan));
            sequence += (uint)payload.Length;
            if (!_isFixed) id++;
        }

        return frames;
    }

    /// <summary>Where a byte is changed, the checksums are made right again, so that it is the only thing amiss.</summary>
    private void Hinder()
    {
        int any = _random.Next(Frames.Count), notFirst = _random.Next(1, Frames.Count), notLast = _random.Next(Frames.Count - 1);
        PlainHeaders headers = PlainHeaders.Of(Frames[0]);
        int network = headers.Network, transport = headers.Transport;
        switch (Hindrance)
        {
            case Hindrance.Cwr: Change(any, transport + 13, 0x80); break;
            case Hindrance.ReservedFlag: ChangeAll(transport + 12, (byte)(1 << _random.Next(4))); break;
            case Hindrance.OtherFlag: Change(any, transport + 13, _random.Next(3) switch { 0 => 0x40, 1 => 0x20, _ => 0x04 }); break;
            case Hindrance.PushInTheMiddle: Change(notLast, transport + 13, 0x08); break;
            case Hindrance.FinInTheMiddle: Change(notLast, transport + 13, 0x01); break;
            case Hindrance.OtherHopLimit: Change(notFirst, network + (_isIpv6 ? 7 : 8), 0x10); break;
            case Hindrance.OtherService: Change(notFirst, network + 1, 0x10); break;
            case Hindrance.OtherMac: Change(notFirst, _random.Next(2) == 0 ? 5 : 11, 0x04); break;
            case Hindrance.OtherWindow: Change(notFirst, transport + 15, 1); break;
            case Hindrance.OtherAcknowledgment: Change(notFirst, transport + 11, 1); break;
            case Hindrance.OtherUrgentPointer: Change(notFirst, transport + 19, 1); break;
            case Hindrance.OtherOptions when headers.Payload > transport + 20: Change(notFirst, headers.Payload - 1, 1); break;
            case Hindrance.SequenceGap: Change(notFirst, transport + 4 + _random.Next(4), 0x20); break;
            case Hindrance.TcpChecksumBad: Frames[any][transport + 16] ^= 0x11; break;
            case Hindrance.TcpChecksumOfAllOnes when Frames[any].Length >= headers.Payload + 2:
                MakeAllOnes(any, headers.Payload, headers);
                break;
            case Hindrance.PaddedFrame: Frames[any] = [.. Frames[any], 0, 0]; break;
            case Hindrance.ShortInTheMiddle when _size > 1: Replace(notLast, Frames[notLast][..^1]); break;
            case Hindrance.LongAtTheEnd: Replace(Frames.Count - 1, [.. Frames[^1], .. new byte[_size]]); break;
            default: HinderIpv4(any, notFirst, headers); break;
        }
    }

    private void HinderIpv4(int any, int notFirst, PlainHeaders headers)
    {
        int identification = headers.Network + 4;
        switch (Hindrance)
        {
            case Hindrance.IdentificationElsewhere when !_isIpv6: Change(notFirst, identification, 0x40); break;
            case Hindrance.IdentificationFixedWithoutDontFragment when !_isIpv6 && !_dontFragment:
                for (int i = 1; i < Frames.Count; i++)
                {
                    Frames[0].AsSpan(identification, 2).CopyTo(Frames[i].AsSpan(identification));
                    Repair(i);
                }

                break;
            case Hindrance.IpChecksumOfAllOnes when !_isIpv6 && !_isFixed:
                MoveIdentifications(any, headers);
                Frames[any].AsSpan(headers.Network + 10, 2).Fill(0xff);
                break;
            default: Hindrance = Hindrance.None; break;
        }
    }

    /// <summary>All identifications moved by as much as makes the checksum of one header zero, for which all ones can be written.</summary>
    private void MoveIdentifications(int any, PlainHeaders headers)
    {
        int by = Word(Frames[any], headers.Network + 10);
        int moved = Word(Frames[any], headers.Network + 4) + by;
        by = moved > 0xffff ? by + 1 : by;                              // the sum carries, the number does not
        for (int i = 0; i < Frames.Count; i++)
        {
            int identification = Word(Frames[i], headers.Network + 4) + by;
            BinaryPrimitives.WriteUInt16BigEndian(Frames[i].AsSpan(headers.Network + 4), (ushort)identification);
            Repair(i);
        }
    }

    /// <summary>The word is changed so that the checksum comes out as zero, and all ones stand there instead.</summary>
    private void MakeAllOnes(int frame, int word, PlainHeaders headers)
    {
        byte[] bytes = Frames[frame];
        if ((word - headers.Transport) % 2 != 0) throw new InvalidOperationException("Words are even.");
        int sum = Word(bytes, word) + Word(bytes, headers.ChecksumAt);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(word), (ushort)((sum & 0xffff) + (sum >> 16)));
        Repair(frame);
        if (Word(bytes, headers.ChecksumAt) == 0) bytes.AsSpan(headers.ChecksumAt, 2).Fill(0xff);
        else Hindrance = Hindrance.None;
    }

    private void Change(int frame, int at, byte bits)
    {
        Frames[frame][at] ^= bits;
        Repair(frame);
    }

    private void ChangeAll(int at, byte bits)
    {
        for (int i = 0; i < Frames.Count; i++) Change(i, at, bits);
    }

    /// <summary>A frame of another length, its lengths right.</summary>
    private void Replace(int index, byte[] frame)
    {
        Frames[index] = frame;
        PlainHeaders headers = PlainHeaders.Of(frame);
        int length = frame.Length - headers.Network - (_isIpv6 ? 40 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(headers.Network + (_isIpv6 ? 4 : 2)), (ushort)length);
        Repair(index);
    }

    private void Repair(int index)
    {
        byte[] frame = Frames[index];
        PlainHeaders headers = PlainHeaders.Of(frame);
        if (!_isIpv6)
        {
            Span<byte> ip = frame.AsSpan(headers.Network, headers.Transport - headers.Network);
            ip[10..12].Clear();
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~PlainChecksum.Sum(ip));
        }

        PlainHeaders.Finished(frame).CopyTo(frame, 0);
    }

    private static int Word(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));
}
