using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Simulation;

/// <summary>Over TCP: the first turn opens, the last closes, and the ones between carry a segment each way.</summary>
internal sealed class StreamConversation(World world, ClientHost client, Ipv4Address server, int id)
    : Conversation(world, client, server, id)
{
    public const ushort Window = 0x8000;

    private readonly uint _begin = (uint)id * 2_654_435_761;            // whatever; its own
    private uint _expected;                                             // of the server's

    public override IpProtocol Protocol => IpProtocol.Tcp;

    /// <summary>Sequence numbers before this turn's question: SYN is one, each segment its bytes.</summary>
    private uint Sequence => Turn == 0 ? _begin : _begin + 1 + ((Turn - 1) * PayloadLength);

    protected override byte[] Question()
    {
        bool isOpening = Turn == 0;
        Span<byte> payload = stackalloc byte[isOpening || IsLastTurn ? 0 : PayloadLength];
        if (!payload.IsEmpty) WritePayload(payload);
        TcpFlags flags = isOpening ? TcpFlags.Syn : IsLastTurn ? TcpFlags.Fin | TcpFlags.Ack : TcpFlags.Psh | TcpFlags.Ack;
        return HostFrames.Tcp(Client.Address, Server, new TcpFields
        {
            SourcePort = OwnPort,
            DestinationPort = SimulatedHost.WebPort,
            SequenceNumber = Sequence,
            AcknowledgmentNumber = isOpening ? 0 : _expected,
            Flags = flags,
            Window = Window,
        }, payload);
    }

    protected override Answer Judge(Span<byte> transport)
    {
        if (!TcpView.TryParse(transport, out TcpView tcp)) return Answer.None;
        uint length = Turn == 0 || IsLastTurn ? 1u : PayloadLength;
        if ((tcp.Flags & TcpFlags.Rst) != TcpFlags.None)
            return tcp.SequenceNumber == _expected || Turn == 0 ? Answer.Refusal : Answer.None;
        bool isAwaited = tcp.AcknowledgmentNumber == Sequence + length && (Turn == 0 || tcp.SequenceNumber == _expected);
        if (!isAwaited) return Answer.None;
        if (Turn == 0 && (tcp.Flags & TcpFlags.Syn) == TcpFlags.None) return Answer.None;
        if (tcp.Payload.Length > 0 && !IsOurs(tcp.Payload)) return Answer.None;
        _expected = Turn == 0 ? tcp.SequenceNumber + 1 : _expected + (uint)tcp.Payload.Length;
        return Answer.Awaited;
    }
}
