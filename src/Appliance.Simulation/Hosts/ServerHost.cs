using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Simulation;

/// <summary>A host that answers: echo, datagrams with themselves, and segments one for one.</summary>
internal sealed class ServerHost(World world, Switch wires, string name, HostAddress address) : SimulatedHost(world, wires, name, address)
{
    private readonly Dictionary<(Ipv4Address, ushort), Session> _sessions = [];

    /// <summary>What is known of a client's stream.</summary>
    private sealed record Session(uint Begin)
    {
        public uint Expected { get; set; }                              // of the client's
        public uint Next { get; set; }                                  // of ours
        public uint Answered { get; set; }                              // bytes of the last answer
    }

    protected override void Take(Ipv4View ip)
    {
        switch (ip.Protocol)
        {
            case IpProtocol.Icmp when IcmpView.TryParse(ip.Payload, out IcmpView icmp) && icmp.Type == IcmpType.EchoRequest:
                Tell(ip, icmp.EchoIdentifier, icmp.Body);
                var reply = IcmpFields.EchoReply(icmp.EchoIdentifier, icmp.EchoSequence);
                Send(HostFrames.Icmp(Address, ip.Source, reply, icmp.Body));
                break;
            case IpProtocol.Udp when UdpView.TryParse(ip.Payload, out UdpView udp):
                Tell(ip, udp.SourcePort, udp.Payload);
                Send(HostFrames.Udp(Address, ip.Source, new UdpFields(udp.DestinationPort, udp.SourcePort, 0), udp.Payload));
                break;
            case IpProtocol.Tcp when TcpView.TryParse(ip.Payload, out TcpView tcp):
                Take(ip, tcp);
                break;
        }
    }

    private void Take(Ipv4View ip, TcpView tcp)
    {
        if (tcp.Payload.Length > 0) Tell(ip, tcp.SourcePort, tcp.Payload);
        (Ipv4Address, ushort) key = (ip.Source, tcp.SourcePort);
        bool isOpening = (tcp.Flags & TcpFlags.Syn) != TcpFlags.None;
        if (isOpening) Open(key, tcp.SequenceNumber);
        if (!_sessions.TryGetValue(key, out Session? session))
        {
            if ((tcp.Flags & TcpFlags.Rst) == TcpFlags.None) Reply(ip, tcp, tcp.AcknowledgmentNumber, 0, TcpFlags.Rst, []);
            return;
        }

        uint length = (uint)tcp.Payload.Length + ((tcp.Flags & (TcpFlags.Syn | TcpFlags.Fin)) != TcpFlags.None ? 1u : 0);
        if (tcp.SequenceNumber + length == session.Expected) Answer(ip, tcp, session, isOpening);          // again
        if (tcp.SequenceNumber != session.Expected || length == 0) return;
        session.Expected += length;
        session.Answered = length;
        session.Next += length;
        Answer(ip, tcp, session, isOpening);
    }

    /// <summary>A port that is used again begins anew; a repeated opening does not.</summary>
    private void Open((Ipv4Address, ushort) key, uint sequence)
    {
        uint begin = (sequence * 2_246_822_519) + 1;
        if (_sessions.TryGetValue(key, out Session? known) && known.Begin == begin) return;
        _sessions[key] = new Session(begin) { Expected = sequence, Next = begin };
    }

    /// <summary>As long as what it answers: SYN with SYN, bytes with bytes, FIN with FIN.</summary>
    private void Answer(Ipv4View ip, TcpView tcp, Session session, bool isOpening)
    {
        bool isClosing = (tcp.Flags & TcpFlags.Fin) != TcpFlags.None;
        TcpFlags flags = TcpFlags.Ack | (isOpening ? TcpFlags.Syn : isClosing ? TcpFlags.Fin : TcpFlags.Psh);
        Reply(ip, tcp, session.Next - session.Answered, session.Expected, flags, tcp.Payload);
    }

    private void Reply(Ipv4View ip, TcpView tcp, uint sequence, uint acknowledgment, TcpFlags flags, ReadOnlySpan<byte> payload) =>
        Send(HostFrames.Tcp(Address, ip.Source, new TcpFields
        {
            SourcePort = tcp.DestinationPort,
            DestinationPort = tcp.SourcePort,
            SequenceNumber = sequence,
            AcknowledgmentNumber = acknowledgment,
            Flags = flags,
            Window = StreamConversation.Window,
        }, payload));

    private void Tell(Ipv4View ip, ushort port, ReadOnlySpan<byte> payload) =>
        World.Judge.OnServed(Conversation.IdOf(payload), ip.Protocol, ip.Source, port);
}
