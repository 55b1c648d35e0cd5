using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Testing;

/// <summary>
/// A random stream of frames in which TCP flows of both families do what they do and what they should not: loss, reordering, duplicates,
/// retransmission with other boundaries, every flag, options, marks, fragments, damaged checksums, mixed with datagrams of others. The same
/// seed gives the same stream.
/// </summary>
public sealed class SegmentStream
{
    public const int Lan = 0, Wan = 1;

    private const int MaxFlows = 5;

    private readonly Random _random;
    private readonly TestSegment[] _flows;
    private readonly List<(int Port, byte[] Frame)> _frames = [];

    private SegmentStream(int seed)
    {
        _random = new Random(seed);
        _flows = [.. Enumerable.Range(0, 1 + _random.Next(MaxFlows)).Select(NewFlow)];
    }

    /// <summary>Frames and the ports that they arrive by, in order; between 8 and 128 of them.</summary>
    public static IReadOnlyList<(int Port, byte[] Frame)> Make(int seed)
    {
        var stream = new SegmentStream(seed);
        int count = 8 + stream._random.Next(120);
        int oddity = stream._random.Next(4) switch { 0 => 60, 1 => 12, _ => 5 };
        while (stream._frames.Count < count)
            stream.Step(oddity);
        return stream._frames;
    }

    private static bool ComesFromWan(TestSegment segment) => segment.Source.StartsWith("198.", StringComparison.Ordinal)
        || segment.Source.StartsWith("2001:db8:ffff", StringComparison.Ordinal);

    private TestSegment NewFlow(int number)
    {
        bool v6 = _random.Next(3) == 0, fromWan = _random.Next(4) == 0;
        string inside = v6 ? $"2001:db8:1::{_random.Next(10, 13)}" : $"192.168.1.{_random.Next(10, 13)}";
        string outside = v6 ? "2001:db8:ffff::7" : "198.51.100.7";
        return new TestSegment
        {
            Source = fromWan ? outside : inside,
            Destination = fromWan ? inside : outside,
            SourcePort = (ushort)(1500 + _random.Next(2)),
            DestinationPort = (ushort)(8000 + number),
            Sequence = _random.Next(3) == 0 ? uint.MaxValue - (uint)_random.Next(500) : (uint)_random.Next(),
            PayloadLength = _random.Next(20) switch { 0 => 1400, 1 => 1300, 2 => 1, _ => 1 + _random.Next(60) },
            Options = _random.Next(4) switch { 0 => [], 1 => new byte[4 * _random.Next(11)], _ => TestSegment.Timestamps },
            Id = (ushort)((number * 10_000) + (number == 0 ? -_random.Next(8) : _random.Next(9000))),      // flow 0 wraps; none meet
            DontFragment = _random.Next(3) != 0,
            HopLimit = (byte)(_random.Next(10) == 0 ? 1 : 64),
            TrafficClass = (byte)_random.Next(4),
            FlowLabel = (uint)_random.Next(3),
            Vlans = !fromWan && !v6 && _random.Next(4) == 0 ? [5] : [],
        };
    }

    private void Step(int oddity)
    {
        int index = _random.Next(_flows.Length);
        TestSegment next = _flows[index];
        int run = _random.Next(3) == 0 ? _random.Next(12) : 0;
        for (int i = 0; i < run; i++)
        {
            Add(next);
            next = After(next);
        }

        if (_random.Next(100) < oddity) next = Odd(next);
        else Add(next);
        _flows[index] = After(next);
    }

    private TestSegment After(TestSegment segment) => segment.Id % 5 == 0 && segment.DontFragment
        ? segment with { Sequence = segment.Sequence + (uint)segment.PayloadLength }                // this flow's identification stays
        : segment.Next();

    private void Add(TestSegment segment) => Add(segment, segment.ToFrame());

    private void Add(TestSegment segment, byte[] frame) => _frames.Add((ComesFromWan(segment) ? Wan : Lan, frame));

    /// <summary>
    /// Sends something out of the ordinary instead of, or beside, the next segment; answers after which one the flow goes on.
    /// </summary>
    private TestSegment Odd(TestSegment next)
    {
        switch (_random.Next(8))
        {
            case 0:
                return OddTiming(next);
            case 1:
                TestSegment longer = next with { PayloadLength = Math.Min(1400, next.PayloadLength + 1 + _random.Next(9)) };
                Add(longer);
                return longer with { PayloadLength = _random.Next(2) == 0 ? longer.PayloadLength : next.PayloadLength };
            case 2:
                TestSegment shorter = next with { PayloadLength = Math.Max(1, next.PayloadLength - 1 - _random.Next(9)) };
                Add(shorter with { Flags = _random.Next(2) == 0 ? TcpFlags.Ack : TcpFlags.Ack | TcpFlags.Psh });
                return next with { Sequence = shorter.Sequence + (uint)shorter.PayloadLength - (uint)next.PayloadLength };
            case 3:
                Add(next with { Flags = (TcpFlags)(_random.Next(3) == 0 ? _random.Next(4096) : 16 | (1 << _random.Next(12))) });
                return next;
            case 4:
                TestSegment changed = Changed(next);
                Add(changed);
                return changed with { Vlans = next.Vlans, SourceMac = next.SourceMac };
            case 5:
                Add(next, Damaged(next));
                return next;
            case 6:
                Add(next);
                AddStranger(next);
                return next;
            default:
                Add(next with { PayloadLength = 0, Acknowledgment = next.Acknowledgment + (uint)_random.Next(2) });
                return next with { PayloadLength = next.PayloadLength, Sequence = next.Sequence - (uint)next.PayloadLength };
        }
    }

    /// <summary>Loss, duplicates, retransmission with other boundaries, reordering.</summary>
    private TestSegment OddTiming(TestSegment next)
    {
        switch (_random.Next(4))
        {
            case 0:
                return next;
            case 1:
                Add(next);
                Add(next);
                return next;
            case 2:
                Add(next);
                int back = _random.Next(next.PayloadLength);
                Add(next with { Sequence = next.Sequence - (uint)back, PayloadLength = Math.Max(1, next.PayloadLength - 1) });
                return next;
            default:
                TestSegment second = After(next);
                Add(second);
                Add(next);
                return second;
        }
    }

    /// <summary>The segment with one field of its headers that is not the flow's usual.</summary>
    private TestSegment Changed(TestSegment next) => _random.Next(16) switch
    {
        0 => next with { Acknowledgment = next.Acknowledgment + 1 },
        1 => next with { Window = (ushort)_random.Next(0x10000) },
        2 => next with { TrafficClass = (byte)(next.TrafficClass ^ (1 << _random.Next(8))) },
        3 => next with { HopLimit = (byte)_random.Next(1, 64) },
        4 => next with { FlowLabel = next.FlowLabel ^ 1 },
        5 => next with { DontFragment = !next.DontFragment },
        6 => next with { ReservedFlag = !next.IsV6 && _random.Next(2) == 0 },
        7 => next with { Id = (ushort)(next.Id + _random.Next(-2, 3)) },
        8 => next with { UrgentPointer = (ushort)_random.Next(3) },
        9 => next with { Options = new byte[4 * _random.Next(11)] },
        10 when next.Options.Length > 0 => next with { Options = [.. next.Options.AsSpan(1), (byte)_random.Next(3)] },
        11 => next with { SourceMac = new MacAddress(TestFrames.Host.Value + 1) },
        12 when !next.IsV6 && !ComesFromWan(next) => next with { Vlans = next.Vlans.Length == 0 ? [5] : [] },
        13 => next with { Vlans = [0, .. next.Vlans] },
        14 when !next.IsV6 => next with { IpOptions = [1, 1, 1, 0] },
        15 when next.IsV6 => next with { Extensions = [TestExtension.DestinationOptions()] },
        _ => next with { Sequence = next.Sequence + 1 },
    };

    private byte[] Damaged(TestSegment next)
    {
        byte[] frame = next.ToFrame();
        switch (_random.Next(5))
        {
            case 0:
                frame[^1] ^= 0x55;
                return frame;
            case 1:
                return next.ToBadFrame();
            case 2:
                return [.. frame, .. new byte[_random.Next(1, 30)]];
            case 3:
                frame[^(next.PayloadLength + next.Options.Length + 8)] = (byte)(_random.Next(16) << 4);      // data offset: any
                return frame;
            default:
                return frame[..^_random.Next(1, Math.Min(30, frame.Length))];
        }
    }

    /// <summary>A frame that is no segment of the flow, but between the same hosts.</summary>
    private void AddStranger(TestSegment flow)
    {
        TestTransport data = TestTransport.Raw(IpProtocol.Tcp, TestTransport.Pattern(24));
        byte[] frame = (_random.Next(5), flow.IsV6) switch
        {
            (0, false) => TestFrames.Ipv4(flow.Source, flow.Destination, TestTransport.Udp(flow.SourcePort, flow.DestinationPort, 20)),
            (0, true) => TestFrames.Ipv6(flow.Source, flow.Destination, TestTransport.Udp(flow.SourcePort, flow.DestinationPort, 20)),
            (1, false) => TestFrames.Ipv4(flow.Source, flow.Destination, TestTransport.EchoRequest(7)),
            (1, true) => TestFrames.Ipv6(flow.Source, flow.Destination, TestTransport.EchoRequestV6(7)),
            (2, false) => TestFrames.Ipv4(flow.Source, flow.Destination, data, ip => ip with { MoreFragments = true, Identification = 9 }),
            (_, false) => TestFrames.Ipv4(
                flow.Source, flow.Destination, data, ip => ip with { FragmentOffsetBytes = 24, Identification = 9 }),
            (2, true) => TestFrames.Ipv6(flow.Source, flow.Destination, data, null, TestExtension.Fragment(0, more: true, 9)),
            (_, true) => TestFrames.Ipv6(flow.Source, flow.Destination, data, null, TestExtension.Fragment(24, more: false, 9)),
        };
        Add(flow, frame);
    }
}
