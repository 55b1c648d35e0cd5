using Appliance.Wire.Transport;

namespace Appliance.Firewall.Tests;

/// <summary>
/// A stream of segments by chance: two ends that speak plausibly, and every so often a segment that is off by what hurts. Seeded.
/// </summary>
internal sealed class TcpStream(int seed)
{
    private static readonly int[] Off =
    [
        1, -1, 2, -2, 999, 1000, 1001, -999, -1000, -1001, 65_535, -65_535, 67_035, 67_036, -67_035, -67_036, 1 << 20,
        int.MaxValue, int.MinValue, int.MinValue + 1,
    ];

    private readonly Random _random = new(seed);
    private uint _clientNext, _serverNext, _clientHeard, _serverHeard, _clientStart, _serverStart;
    private byte? _clientScale, _serverScale;
    private int _handshake;                                             // steps of it still to come

    public TcpSegmentFacts First()
    {
        _handshake = _random.Next(4) == 0 ? 0 : 2;
        _clientStart = Start();
        _serverStart = Start();
        _clientScale = Scale();
        _serverScale = Scale();
        _clientNext = _clientStart + 1;
        _serverNext = _serverStart + 1;
        _clientHeard = _serverNext;
        _serverHeard = _clientNext;
        if (_random.Next(8) == 0) return Segment(_clientNext, _serverNext, TcpFlags.Ack, _random.Next(3) * 100);
        int payload = _random.Next(8) == 0 ? 50 : 0;                    // a fast open
        _clientNext += (uint)payload;
        return Segment(_clientStart, 0, TcpFlags.Syn, payload).WithOptions(1460, _clientScale);
    }

    public TcpSegmentFacts Next(out bool fromClient)
    {
        if (_handshake > 0)
        {
            fromClient = _handshake-- == 1;
            return fromClient
                ? Segment(_clientNext, _serverNext, TcpFlags.Ack, 0)
                : Segment(_serverStart, _clientNext, TcpFlags.Syn | TcpFlags.Ack, 0).WithOptions(1460, _serverScale);
        }

        fromClient = _random.Next(2) == 0;
        ref uint next = ref _clientNext, heard = ref _clientHeard;
        if (!fromClient)
        {
            next = ref _serverNext;
            heard = ref _serverHeard;
        }

        uint other = fromClient ? _serverNext : _clientNext, start = fromClient ? _clientStart : _serverStart;
        TcpFlags flags = Flags();
        int payload = (flags & (TcpFlags.Syn | TcpFlags.Rst)) == 0 && _random.Next(2) == 0 ? _random.Next(1, 1200) : 0;
        uint sequence = (flags & TcpFlags.Syn) != 0 ? start : _random.Next(6) == 0 ? next - (uint)_random.Next(2000) : next;
        if (_random.Next(3) != 0) heard = other;
        uint acknowledgment = _random.Next(8) == 0 ? heard - (uint)_random.Next(3000) : heard;
        if (_random.Next(6) == 0) sequence += (uint)Off[_random.Next(Off.Length)];
        if (_random.Next(8) == 0) acknowledgment += (uint)Off[_random.Next(Off.Length)];
        if ((flags & TcpFlags.Rst) != 0 && _random.Next(3) == 0) sequence = fromClient ? _serverHeard : _clientHeard;
        TcpSegmentFacts segment = Segment(sequence, acknowledgment, flags, payload);
        if ((flags & TcpFlags.Syn) != 0) segment = segment.WithOptions(1460, fromClient ? _clientScale : _serverScale);
        if (sequence == next && payload < 1000) next += (uint)payload + ((flags & TcpFlags.Fin) != 0 ? 1u : 0);
        return segment;
    }

    private TcpSegmentFacts Segment(uint sequence, uint acknowledgment, TcpFlags flags, int payload) =>
        new(sequence, acknowledgment, flags, Window(), payload);

    private ushort Window() => _random.Next(6) switch
    {
        0 => 0,
        1 => 65_535,
        2 => (ushort)_random.Next(1, 200),
        _ => 1000,
    };

    private TcpFlags Flags() => _random.Next(24) switch
    {
        0 => TcpFlags.Syn,
        1 or 2 or 3 => TcpFlags.Syn | TcpFlags.Ack,
        4 => TcpFlags.Rst,
        5 => _random.Next(3) == 0 ? TcpFlags.Rst | TcpFlags.Ack : TcpFlags.Ack,
        6 or 7 => TcpFlags.Fin | TcpFlags.Ack,
        8 => _random.Next(3) == 0 ? TcpFlags.None : TcpFlags.Ack,
        9 => _random.Next(8) switch
        {
            0 => TcpFlags.Syn | TcpFlags.Rst,
            1 => TcpFlags.Syn | TcpFlags.Fin,
            2 => TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Ack,
            _ => TcpFlags.Fin | TcpFlags.Ack,
        },
        _ => TcpFlags.Ack,
    };

    private uint Start() => _random.Next(4) switch
    {
        0 => 0,
        1 => uint.MaxValue - (uint)_random.Next(3000),
        2 => (1u << 31) - (uint)_random.Next(2),
        _ => (uint)_random.NextInt64(1L << 32),
    };

    private byte? Scale() => _random.Next(3) == 0 ? null : (byte)_random.Next(0, 15);
}
