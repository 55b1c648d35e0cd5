using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Appliance.Engine;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>Tracking and translation allocate nothing, and a connection's track has room in a flow record.</summary>
public sealed class TranslationAllocationTests : IDisposable
{
    private const int Rounds = 20_000, MaxWarmUps = 50;

    private static readonly BucketPorts Buckets = new(Steering.Symmetric);

    private readonly FrameRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Tracks_fit_into_a_flow_record()
    {
        Assert.InRange(Unsafe.SizeOf<TcpTrack>(), 1, TcpTrack.MaxBytes);
        Assert.InRange(Unsafe.SizeOf<SctpTrack>(), 1, TcpTrack.MaxBytes);
        TestContext.Current.SendDiagnosticMessage($"TcpTrack {Unsafe.SizeOf<TcpTrack>()} bytes, SctpTrack {Unsafe.SizeOf<SctpTrack>()}");
    }

    [Fact]
    public void Tracking_and_translation_allocate_nothing()
    {
        bool isOptimized = typeof(TcpTracker).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled != true;
        Assert.SkipUnless(isOptimized, "This is a Debug build, whose vectors are boxed: the Release build is judged.");
        var random = new Random(1);
        FrameEndpoints here = TestFlow.Random(random, v6: false, isQuery: false);
        FrameEndpoints there = TestFlow.Random(random, v6: false, isQuery: false);
        Frame tcp = _rig.Parsed(new TestFlow("tcp", false, [1, 2, 3]).Make(here));
        Frame sctp = _rig.Parsed(new TestFlow("sctp", false, [1, 2, 3]).Make(here));
        Assert.True(IpPrefix.TryParse("192.0.2.0/28", out IpPrefix prefix));
        var pool = new AddressPool(PoolKind.RoundRobin, isV6: false, [new PoolMember(prefix)], isSticky: true, KeyedRandom.FromSeed(1));
        var translation = new SourceTranslation(pool, PortPolicy.Default, KeyedRandom.FromSeed(1));
        long allocated = 0;
        for (int i = 0; i < MaxWarmUps; i++)                            // until every path is compiled for good
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Work(tcp, sctp, here, there, translation);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated == 0) break;
        }

        Assert.Equal(0, allocated);
        _rig.Take(tcp);
        _rig.Take(sctp);
    }

    private static void Work(Frame tcp, Frame sctp, FrameEndpoints here, FrameEndpoints there, SourceTranslation translation)
    {
        Span<byte> segment = tcp.Datagram[20..];
        var probe = new FreePorts();
        for (uint i = 0; i < Rounds; i++)
        {
            Assert.True(TcpSegmentFacts.TryRead(segment, out TcpSegmentFacts facts));
            TcpTrack track = TcpTracker.Create(new TcpSegmentFacts(facts.Sequence, 0, TcpFlags.Syn, 1000, 0), sloppy: false);
            TcpTracker.Advance(
                ref track, new TcpSegmentFacts(i, facts.Sequence + 1, TcpFlags.Syn | TcpFlags.Ack, 1000, 0), fromInitiator: false);
            TcpTracker.Advance(ref track, new TcpSegmentFacts(facts.Sequence + 1, i + 1, TcpFlags.Ack, 1000, 9), fromInitiator: true);
            HeaderRewriter.TryRewrite(tcp, there);
            HeaderRewriter.TryRewrite(tcp, here);
            HeaderRewriter.TryRewrite(sctp, (i & 1) == 0 ? there : here);
            FrameEndpoints flow = here with { SourcePort = (ushort)i, Source = i };
            translation.TryChoose(flow, IpProtocol.Tcp, Buckets, 5, ref probe, out _);
            translation.Unstick(flow.Source);
            _ = StateNames.Of(track);
        }
    }

    private struct FreePorts : IPortProbe
    {
        public readonly PortHalf Half => PortHalf.Whole;

        public readonly bool MaySearch => true;

        public readonly void NoteInVain(int ports)
        {
        }

        public readonly bool IsFree(UInt128 address, ushort port) => true;
    }
}
