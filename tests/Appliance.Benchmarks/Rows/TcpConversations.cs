using System.Buffers.Binary;
using System.Globalization;
using Appliance.Benchmarks.Ports;
using Appliance.Engine;
using Appliance.Node;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Benchmarks.Rows;

/// <summary>
/// Shakes hands through a gateway, so that what follows is of established connections: from the first port out by the second.
/// </summary>
internal sealed class TcpConversations(ApplianceNode node, PlacedQueue inside, PlacedQueue outside, Action step)
{
    private const int IpAt = EthernetView.HeaderLength, TcpAt = IpAt + Ipv4View.MinHeaderLength;
    private const int SequenceAt = TcpAt + 4, AcknowledgmentAt = TcpAt + 8, ChecksumAt = TcpAt + 16;
    private const uint Client = 1000, Server = 5000;                    // the numbers of their SYNs

    /// <summary>Opens as many connections as there are places and fills each with a data segment of it, of 60 bytes.</summary>
    public void Fill(byte[][] segments)
    {
        for (int first = 0; first < segments.Length; first += FrameBatch.DefaultCapacity)
        {
            byte[][] batch = [.. Enumerable.Range(first, FrameBatch.DefaultCapacity).Select(flow => FromClient(flow, "S", 0, 0))];
            List<byte[]> asked = Pass(batch, inside, outside);
            Pass([.. asked.Select(Answer)], outside, inside);
            byte[][] data = [.. Enumerable.Range(first, batch.Length).Select(flow => FromClient(flow, "A", 1, 6))];
            Pass(data, inside, outside);
            data.CopyTo(segments, first);
        }
    }

    private List<byte[]> Pass(byte[][] frames, PlacedQueue arriving, PlacedQueue leaving)
    {
        var seen = new List<byte[]>();
        arriving.Place(frames);
        leaving.Seen = frame => seen.Add(frame.Bytes.ToArray());
        step();
        leaving.Seen = null;
        if (seen.Count != frames.Length) throw new AnswersDifferException($"{seen.Count} of {frames.Length} segments went through");
        return seen;
    }

    private byte[] FromClient(int flow, string flags, uint ahead, int payloadBytes) => Build(
        $"10.2.{flow >> 8}.{flow & 255}:{1024 + flow}", $"198.{flow & 255}.{flow >> 8}.9:443", flags, payloadBytes, 0, Client + ahead,
        ahead == 0 ? 0 : Server + 1);

    private byte[] Answer(byte[] asked)
    {
        ReadOnlySpan<byte> ip = asked.AsSpan(IpAt);
        return Build(Endpoint(ip[16..], ip[22..]), Endpoint(ip[12..], ip[20..]), "SA", 0, 1, Server, Client + 1);
    }

    private static string Endpoint(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port) =>
        $"{new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(address))}:{BinaryPrimitives.ReadUInt16BigEndian(port)}";

    private byte[] Build(string source, string destination, string flags, int payloadBytes, int port, uint sequence, uint acknowledgment)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"tcp {source} > {destination} {flags} len {payloadBytes}");
        if (!PacketText.TryParse(text, out PacketText packet, out string error)) throw new InvalidOperationException(error);
        byte[] frame = PacketBuilder.Build(packet, node.Models.Ports[port].Mac);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(SequenceAt), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(AcknowledgmentAt), acknowledgment);
        frame.AsSpan(ChecksumAt, sizeof(ushort)).Clear();
        Span<byte> segment = frame.AsSpan(TcpAt, TcpView.MinHeaderLength + payloadBytes);
        ulong pseudo = InternetChecksum.Ipv4PseudoHeader(frame.AsSpan(IpAt + 12, 8), IpProtocol.Tcp, segment.Length);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(ChecksumAt), InternetChecksum.Finish(pseudo + InternetChecksum.Sum(segment)));
        return frame;
    }
}
