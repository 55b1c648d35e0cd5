using Appliance.Testing;
using Appliance.Wire.Transport;

namespace Appliance.Offload.Tests.Segmentation;

/// <summary>Large frames of every shape, complete in every checksum, with the payload size of their segments.</summary>
internal static class LargeFrameSamples
{
    public const TcpFlags AllFlags = TcpFlags.Ack | TcpFlags.Psh | TcpFlags.Fin | TcpFlags.Ece | TcpFlags.Cwr;

    public static readonly byte[] Timestamps = [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8];

    public static IEnumerable<(string Name, byte[] Frame, int Size)> All()
    {
        foreach (int size in (int[])[1, 7, 536, 1447, 1448])
        {
            int payload = Math.Min(60_000, (size * 41) + 3);
            yield return ($"tcp4 {size}", Tcp4(payload, TcpFlags.Ack | TcpFlags.Psh), size);
            yield return ($"tcp4 df, options {size}", Tcp4(payload, TcpFlags.Ack, dontFragment: true, Timestamps), size);
            yield return ($"tcp4 every flag {size}", Tcp4(payload, AllFlags | TcpFlags.Ae, false, Timestamps), size);
            yield return ($"tcp4 ip options {size}", Tcp4WithIpOptions(payload), size);
            yield return ($"tcp6 {size}", Tcp6(payload, AllFlags), size);
            yield return ($"tcp6 extensions {size}",
                Tcp6(payload, TcpFlags.Ack, TestExtension.HopByHop, TestExtension.DestinationOptions(3)), size);
            yield return ($"udp4 {size}", Udp4(payload), size);
            yield return ($"udp6 {size}", Udp6(payload), size);
            yield return ($"udp4 without checksum {size}", WithoutChecksum(Udp4(payload)), size);
            yield return ($"tagged {size}", TestFrames.Tagged(Tcp4(payload, AllFlags), 5, 7), size);
        }
    }

    public static byte[] Tcp4(int payload, TcpFlags flags, bool dontFragment = false, params byte[] options) =>
        TestFrames.Ipv4(
            "192.168.1.10", "198.51.100.7", Tcp(flags, payload, options),
            ip => ip with { Identification = 0xfff0, DontFragment = dontFragment, DifferentiatedServices = 2 });

    public static byte[] Tcp6(int payload, TcpFlags flags, params TestExtension[] extensions) =>
        TestFrames.Ipv6("2001:db8:1::10", "2001:db8:ffff::7", Tcp(flags, payload), ip => ip with { FlowLabel = 0x12345 }, extensions);

    public static byte[] Udp4(int payload) => TestFrames.Ipv4(
        "192.168.1.10", "198.51.100.7", TestTransport.Udp(1000, 4433, payload), ip => ip with { Identification = 7 });

    public static byte[] Udp6(int payload) =>
        TestFrames.Ipv6("2001:db8:1::10", "2001:db8:ffff::7", TestTransport.Udp(1000, 4433, payload));

    public static byte[] WithoutChecksum(byte[] udp) => TestFrames.With(udp, PlainHeaders.Of(udp).ChecksumAt, 0, 0);

    private static byte[] Tcp4WithIpOptions(int payload) => TestFrames.Ipv4(
        "192.168.1.10", "198.51.100.7", Tcp(TcpFlags.Ack | TcpFlags.Fin, payload, Timestamps), null, 0x94, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 0);

    private static TestTransport Tcp(TcpFlags flags, int payload, params byte[] options) => TestTransport.Tcp(
        new TcpFields
        {
            SourcePort = 40000,
            DestinationPort = 443,
            SequenceNumber = 0xffff_8000,
            AcknowledgmentNumber = 77,
            Flags = flags,
            Window = 501,
        },
        TestTransport.Pattern(payload), options);
}
