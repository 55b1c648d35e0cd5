using System.Buffers.Binary;
using Appliance.Testing;
using Appliance.Wire.Transport;

namespace Appliance.Node.Tests.Steering;

/// <summary>
/// What hosts on the lan and outsiders say to each other in a storm: questions with a mark at their end, and answers made of a question
/// as it was seen on the wan, so that they answer what a translation made of it.
/// <code>
///     mark   | flow, 4 bytes | number, 4 bytes | 'Q' or 'A', 4 bytes |
/// </code>
/// </summary>
internal static class Talk
{
    public const uint IsQuestion = 'Q', IsAnswer = 'A';

    private const int MarkBytes = 12, Ethernet = 14;

    /// <summary>Of three kinds by the flow's number: UDP, echo, and segments of a TCP connection that <see cref="Syn"/> began.</summary>
    public static byte[] Question(int flow, uint number) => Ipv4(flow, (flow % 3) switch
    {
        0 => TestTransport.Udp(PortOf(flow), 53, Mark(flow, number, IsQuestion)),
        1 => TestTransport.Icmp(8, 0, (uint)PortOf(flow) << 16, Mark(flow, number, IsQuestion)),
        _ => Segment(PortOf(flow), 443, TcpFlags.Ack, 1001, 9001, Mark(flow, number, IsQuestion)),
    });

    public static bool IsTcp(int flow) => flow % 3 == 2;

    public static byte[] Syn(int flow) => Ipv4(flow, Segment(PortOf(flow), 443, TcpFlags.Syn, 1000, 0, []));

    public static byte[] Ack(int flow) => Ipv4(flow, Segment(PortOf(flow), 443, TcpFlags.Ack, 1001, 9001, []));

    /// <param name="syn">As it was seen on the wan.</param>
    public static byte[] SynAck(byte[] syn) => Turned(syn, (source, destination) =>
        Segment(source, destination, TcpFlags.Syn | TcpFlags.Ack, 9000, 1001, []));

    /// <param name="question">As it was seen on the wan.</param>
    /// <param name="isError">A router answers instead, and quotes it.</param>
    public static byte[] Answer(byte[] question, bool isError)
    {
        (int flow, uint number, _) = MarkOf(question);
        byte[] mark = Mark(flow, number, IsAnswer);
        if (isError)
        {
            byte[] quoted = question.AsSpan(Ethernet).ToArray();
            mark.CopyTo(quoted, quoted.Length - MarkBytes);
            return TestFrames.Ipv4("198.18.0.9", TextOf(question.AsSpan(Ethernet + 12, 4)), TestTransport.Icmp(3, 1, 0, quoted));
        }

        return Turned(question, (source, destination) => question[Ethernet + 9] switch
        {
            17 => TestTransport.Udp(source, destination, mark),
            1 => TestTransport.Icmp(0, 0, BinaryPrimitives.ReadUInt32BigEndian(question.AsSpan(Ethernet + 24)), mark),
            _ => Segment(source, destination, TcpFlags.Ack, 9001, 1001 + MarkBytes, mark),
        });
    }

    public static (int Flow, uint Number, uint Kind) MarkOf(byte[] frame)
    {
        ReadOnlySpan<byte> mark = frame.AsSpan(^MarkBytes..);
        return (BinaryPrimitives.ReadInt32BigEndian(mark), BinaryPrimitives.ReadUInt32BigEndian(mark[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(mark[8..]));
    }

    private static byte[] Mark(int flow, uint number, uint kind)
    {
        var mark = new byte[MarkBytes];
        BinaryPrimitives.WriteInt32BigEndian(mark, flow);
        BinaryPrimitives.WriteUInt32BigEndian(mark.AsSpan(4), number);
        BinaryPrimitives.WriteUInt32BigEndian(mark.AsSpan(8), kind);
        return mark;
    }

    private static byte[] Ipv4(int flow, TestTransport transport) =>
        TestFrames.Ipv4($"192.168.1.{10 + (flow % 200)}", $"198.51.{flow % 7}.{flow % 250}", transport);

    private static ushort PortOf(int flow) => (ushort)(1000 + flow);

    private static TestTransport Segment(
        ushort source, ushort destination, TcpFlags flags, uint sequence, uint acknowledgment, byte[] payload) =>
        TestTransport.Tcp(
            new TcpFields
            {
                SourcePort = source, DestinationPort = destination, SequenceNumber = sequence, AcknowledgmentNumber = acknowledgment,
                Flags = flags, Window = 60_000,
            },
            payload);

    private static byte[] Turned(byte[] frame, Func<ushort, ushort, TestTransport> transport)
    {
        ReadOnlySpan<byte> datagram = frame.AsSpan(Ethernet);
        return TestFrames.Ipv4(
            TextOf(datagram[16..20]), TextOf(datagram[12..16]),
            transport(BinaryPrimitives.ReadUInt16BigEndian(datagram[22..]), BinaryPrimitives.ReadUInt16BigEndian(datagram[20..])));
    }

    private static string TextOf(ReadOnlySpan<byte> address) => $"{address[0]}.{address[1]}.{address[2]}.{address[3]}";
}
