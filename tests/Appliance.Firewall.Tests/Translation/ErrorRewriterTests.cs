using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>
/// Errors about translated flows, in both directions, quoting much or little: each comes out as the error that would have been made about
/// the datagram on the other side.
/// </summary>
public sealed class ErrorRewriterTests : IDisposable
{
    private readonly FrameRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rewritten_error_is_the_one_made_from_scratch(bool v6)
    {
        var random = new Random(7);
        int errors = 0;
        for (int round = 0; round < 1_500; round++)
        {
            foreach (string kind in TestFlow.Kinds)
            {
                var payload = new byte[random.Next(4, 60)];
                random.NextBytes(payload);
                var flow = new TestFlow(kind, v6, payload);
                FrameEndpoints here = TestFlow.Random(random, v6, flow.IsQuery), there = Translated(random, here, flow, random.Next(3));
                UInt128 router = TestFlow.Address(random, v6);
                int transport = Math.Min(8 + random.Next(60), flow.Make(here).Length - 14 - (v6 ? 40 : 20));
                if (transport == 17) transport = 16;                    // half of TCP's checksum cannot be made right
                if (transport is > 8 and < 12) transport = 8;           // nor a part of SCTP's
                int quoted = (v6 ? 40 : 20) + transport;
                byte type = v6 ? (byte)random.Next(1, 5) : (byte)(random.Next(2) == 0 ? 3 : 11);
                Frame frame = _rig.Parsed(Error(flow, here, router, quoted, type));
                Span<byte> message = frame.Datagram[(v6 ? 40 : 20)..];
                Assert.True(QuotedDatagram.TryRead(message, v6, out QuotedDatagram quotation));
                Assert.True(quotation.IsFor(here.Source));
                ErrorRewriter.Rewrite(frame, quotation, there);

                // Who sent it shows the quoted destination's new address, where that changed.
                UInt128 sender = here.Destination == there.Destination ? router : there.Destination;
                Assert.Equal(Error(flow, there, sender, quoted, type), _rig.Take(frame));
                errors++;
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{errors} errors rewritten");
    }

    /// <summary>0: the source, as behind source NAT; 1: the destination, as of an answer to a port forward; 2: both.</summary>
    private static FrameEndpoints Translated(Random random, FrameEndpoints here, TestFlow flow, int what)
    {
        FrameEndpoints other = TestFlow.Random(random, flow.V6, flow.IsQuery);
        if (!flow.HasPorts) other = other with { SourcePort = here.SourcePort, DestinationPort = here.DestinationPort };
        if (flow.IsQuery)
            return what switch { 0 => other with { Destination = here.Destination }, 1 => other with { Source = here.Source }, _ => other };
        return what switch
        {
            0 => here with { Source = other.Source, SourcePort = other.SourcePort },
            1 => here with { Destination = other.Destination, DestinationPort = other.DestinationPort },
            _ => other,
        };
    }

    private static byte[] Error(TestFlow flow, FrameEndpoints endpoints, UInt128 sender, int quoted, byte type)
    {
        byte[] quotation = flow.Make(endpoints).AsSpan(14, quoted).ToArray();
        string from = TestFlow.TextOf(sender), to = TestFlow.TextOf(endpoints.Source);
        return flow.V6
            ? TestFrames.Ipv6(from, to, TestTransport.Icmpv6(type, 0, 1280, quotation))
            : TestFrames.Ipv4(from, to, TestTransport.Icmp(type, 0, 1280, quotation));
    }
}
