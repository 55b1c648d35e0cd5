using Appliance.Engine;
using Appliance.Offload.Tests.Parsing;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Offload.Tests.Verifying;

/// <summary>What is verified by runs, and what is not, beside the checksum as RFC 1071 says it in words.</summary>
public sealed class VerifyStageTests : IDisposable
{
    private readonly BatchRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_batch_of_any_frames_right_and_wrong_is_judged_as_the_slow_twin_judges_each()
    {
        var random = new Random(7);
        int wrong = 0, all = 0;
        for (int round = 0; round < 200; round++)
        {
            IEnumerable<byte[]> drawn = Enumerable.Range(0, 1 + random.Next(64)).Select(_ => Draw(random));
            byte[][] frames = [.. drawn.Where(frame => round % 2 == 0 || IsPlainIpv4(frame))];
            bool[] expected = [.. frames.Select(IsRight)];
            FrameBatch batch = Verified(frames);
            Assert.True(round % 2 == 0 || (batch.Facts & BatchFacts.PlainIpv4) != BatchFacts.None);
            for (int i = 0; i < frames.Length; i++)
            {
                bool isRight = batch.Frames[i].Info.Disposition == Disposition.Continue;
                Assert.True(expected[i] == isRight, $"{i}: {Convert.ToHexStringLower(frames[i])}");
            }

            Assert.Equal(expected.Count(right => !right), batch.Ended);
            (wrong, all) = (wrong + batch.Ended, all + frames.Length);
            foreach (Frame frame in batch.Frames) _rig.Return(frame);
        }

        Assert.InRange(wrong, all / 20, all / 2);
        Assert.Equal(wrong, _rig.Counters.ChecksumsBad);
        Assert.InRange(_rig.Counters.ChecksumsVerified, wrong, all);
    }

    [Fact]
    public void Each_length_is_verified_whole_and_no_further()
    {
        for (int payload = 0; payload < 200; payload++)
        {
            byte[] frame = TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Udp(1000, 53, payload));
            byte[] padded = [.. frame, 0xde, 0xad, 0xbe];
            byte[] wrong = [.. frame];
            wrong[^1] ^= 0x10;
            FrameBatch batch = Verified([frame, padded, wrong]);
            Assert.Equal(
                [Disposition.Continue, Disposition.Continue, Disposition.Drop],
                batch.Frames.ToArray().Select(one => one.Info.Disposition));
            foreach (Frame one in batch.Frames) _rig.Return(one);
        }
    }

    [Fact]
    public void A_verdict_of_a_port_that_is_believed_saves_the_work()
    {
        byte[] right = TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Udp(1000, 53, 20)), wrong = [.. right];
        wrong[^1] ^= 1;
        ChecksumState[] verdicts = [ChecksumState.Good, ChecksumState.Unknown, ChecksumState.Bad, ChecksumState.Good];
        foreach ((bool isBelieved, Disposition[] expected, int verified) in new[]
        {
            (true, (Disposition[])[Disposition.Continue, Disposition.Drop, Disposition.Drop, Disposition.Continue], 1),
            (false, [Disposition.Drop, Disposition.Drop, Disposition.Drop, Disposition.Drop], 4),
        })
        {
            long before = _rig.Counters.ChecksumsVerified;
            FrameBatch batch = Parsed([wrong, wrong, wrong, wrong]);
            for (int i = 0; i < verdicts.Length; i++) batch.Frames[i].Info.Checksum = verdicts[i];
            Stage(isBelieved).Process(batch, _rig.Context());
            Assert.Equal(expected, batch.Frames.ToArray().Select(one => one.Info.Disposition));
            Assert.Equal(verified, _rig.Counters.ChecksumsVerified - before);
            foreach (Frame one in batch.Frames) _rig.Return(one);
        }
    }

    private static VerifyStage Stage(bool isBelieved) => new(
        new ChecksumPolicy(DropsBad: true),
        new PortTable([ParseRig.Ports[ParseRig.Lan] with { BelievesChecksums = isBelieved }]));

    private FrameBatch Verified(byte[][] frames)
    {
        FrameBatch batch = Parsed(frames);
        Stage(isBelieved: true).Process(batch, _rig.Context());
        return batch;
    }

    private FrameBatch Parsed(byte[][] frames)
    {
        FrameBatch batch = _rig.Batch(frames);
        new ParseStage(ParseRig.Ports).Process(batch, _rig.Context());
        Assert.Equal(0, batch.Ended);
        return batch;
    }

    /// <summary>
    /// TCP, UDP and echo over both families, with options, UDP without checksum and UDP with more behind it among them; some are wrong.
    /// </summary>
    private static byte[] Draw(Random random)
    {
        int payload = random.Next(3) == 0 ? random.Next(1400) : random.Next(70);
        bool isV6 = random.Next(3) == 0;
        TestTransport transport = random.Next(10) switch
        {
            0 => isV6 ? TestTransport.EchoRequestV6((ushort)payload) : TestTransport.EchoRequest((ushort)payload),
            < 6 => TestTransport.Udp((ushort)random.Next(65536), (ushort)random.Next(65536), payload),
            _ => TestTransport.Tcp((ushort)random.Next(65536), (ushort)random.Next(65536), TcpFlags.Ack, payload),
        };
        string source = isV6 ? $"2001:db8::{random.Next(65536):x}" : $"192.0.2.{random.Next(1, 255)}";
        string destination = isV6 ? $"2001:db8:1::{random.Next(65536):x}" : $"198.51.100.{random.Next(1, 255)}";
        byte[] frame = isV6
            ? TestFrames.Ipv6(source, destination, transport)
            : TestFrames.Ipv4(source, destination, transport, null, random.Next(8) == 0 ? [148, 4, 0, 0] : []);
        if (transport.Protocol == IpProtocol.Udp && !isV6 && random.Next(8) == 0) frame = WithSurplus(frame);
        if (transport.Protocol == IpProtocol.Udp && !isV6 && random.Next(8) == 0) frame.AsSpan(TransportOf(frame) + 6, 2).Clear();
        else if (random.Next(4) == 0) frame[random.Next(TransportOf(frame) + 4, frame.Length)] ^= (byte)(1 + random.Next(255));
        return frame;
    }

    /// <summary>Bytes behind the length of UDP, which IP counts and its checksum does not.</summary>
    private static byte[] WithSurplus(byte[] frame)
    {
        int bytes = frame.Length - 14 + 3;
        return TestFrames.WithIpv4([.. frame, 1, 2, 3], 2, (byte)(bytes >> 8), (byte)bytes);
    }

    private static bool IsPlainIpv4(byte[] frame) => frame[14] == 0x45 && frame[23] is (byte)IpProtocol.Tcp or (byte)IpProtocol.Udp;

    private static int TransportOf(byte[] frame) => 14 + (frame[14] >> 4 == 6 ? 40 : (frame[14] & 15) * 4);

    private static bool IsRight(byte[] frame)
    {
        int at = TransportOf(frame);
        bool isV6 = frame[14] >> 4 == 6;
        byte protocol = frame[isV6 ? 20 : 23];
        if (protocol == (byte)IpProtocol.Udp && !isV6 && frame[at + 6] == 0 && frame[at + 7] == 0) return true;
        ReadOnlySpan<byte> transport = frame.AsSpan(at);
        if (protocol == (byte)IpProtocol.Udp)
        {
            int length = (frame[at + 4] << 8) | frame[at + 5];
            if (length < 8 || length > transport.Length) return true;   // of what is not there nothing can be said
            transport = transport[..length];
        }

        if (protocol == (byte)IpProtocol.Icmp) return PlainChecksum.Sum(transport) == 0xffff;
        ReadOnlySpan<byte> addresses = isV6 ? frame.AsSpan(22, 32) : frame.AsSpan(26, 8);
        return PlainChecksum.Sum(transport, PlainChecksum.PseudoHeader(addresses, protocol, transport.Length)) == 0xffff;
    }
}
