using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ip;

namespace Appliance.Offload.Tests.Coalescing;

/// <summary>
/// What a plain reader finds in a frame that parsing let through: the fields that joining is about, each read on its own.
/// </summary>
internal sealed class TwinFrame
{
    private readonly byte[] _datagram;
    private readonly int _tcp;                                              // offset of the TCP header in the datagram

    public TwinFrame(Arrival arrival, PortTable ports)
    {
        Arrival = arrival;
        byte[] frame = arrival.Frame;
        int at = 12, port = arrival.Port;
        while (Word(frame, at) is 0x8100 or 0x88a8)
        {
            int vlan = Word(frame, at + 2) & 0xfff;
            if (vlan != 0) port = ports.FindSubport(port, vlan);
            at += 4;
        }

        Port = ports[port];
        Link = Convert.ToHexString(frame.AsSpan(0, at + 2));
        IsV6 = Word(frame, at) == 0x86dd;
        IsIp = IsV6 || Word(frame, at) == 0x0800;
        if (!IsIp)
        {
            _datagram = [];
            return;
        }

        int length = IsV6 ? 40 + Word(frame, at + 6) : Word(frame, at + 4);
        _datagram = frame[(at + 2)..(at + 2 + length)];
        if (IsV6)
        {
            Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(_datagram);
            _tcp = chain.TransportOffset;
            IsFragment = chain.IsNonFirstFragment || chain.MoreFragments || chain.FragmentHeaderCount > 1;
            IsTcp = chain.Protocol == IpProtocol.Tcp;
            HasIpOptions = _tcp > 40;
        }
        else
        {
            _tcp = (_datagram[0] & 15) * 4;
            IsFragment = (Word(_datagram, 6) & 0x3fff) != 0;
            IsTcp = _datagram[9] == 6;
            HasIpOptions = _tcp > 20;
        }

        HasPorts = IsTcp && !IsFragment && _datagram.Length >= _tcp + 4;
    }

    public Arrival Arrival { get; }
    public PortFacts Port { get; }
    public string Link { get; }
    public bool IsIp { get; }
    public bool IsV6 { get; }
    public bool IsTcp { get; }
    public bool IsFragment { get; }
    public bool HasIpOptions { get; }
    public bool HasPorts { get; }

    public string Flow => Hex(IsV6 ? 8 : 12, IsV6 ? 32 : 8) + Hex(_tcp, 4);

    public int DatagramLength => _datagram.Length;
    public ushort Id => IsV6 ? (ushort)0 : Word(_datagram, 4);
    public bool DontFragment => !IsV6 && (_datagram[6] & 0x40) != 0;
    public bool ReservedFlag => !IsV6 && (_datagram[6] & 0x80) != 0;
    public string ClassHopAndLabel => IsV6 ? Hex(0, 4) + Hex(7, 1) : Hex(1, 1) + Hex(8, 1);

    public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(_datagram.AsSpan(_tcp + 4));
    public string Acknowledgment => Hex(_tcp + 8, 4);
    public int DataOffset => (_datagram[_tcp + 12] >> 4) * 4;
    public int Reserved => _datagram[_tcp + 12] & 15;
    public byte Flags => _datagram[_tcp + 13];
    public string Window => Hex(_tcp + 14, 2);
    public string UrgentPointer => Hex(_tcp + 18, 2);
    public string Options => Hex(_tcp + 20, DataOffset - 20);
    public int Payload => _datagram.Length - _tcp - DataOffset;

    /// <summary>A whole TCP header is there.</summary>
    public bool IsTcpWhole => HasPorts && _datagram.Length >= _tcp + 20 && DataOffset >= 20 && _datagram.Length >= _tcp + DataOffset;

    public bool IsSumRight
    {
        get
        {
            ReadOnlySpan<byte> addresses = _datagram.AsSpan(IsV6 ? 8 : 12, IsV6 ? 32 : 8);
            return PlainChecksum.Sum(_datagram.AsSpan(_tcp), PlainChecksum.PseudoHeader(addresses, 6, _datagram.Length - _tcp)) == 0xffff;
        }
    }

    private static ushort Word(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));

    private string Hex(int at, int length) => Convert.ToHexString(_datagram.AsSpan(at, length));
}
