using System.Runtime.InteropServices;
using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Offload.Tests.Parsing;

/// <summary>
/// Parses one frame at a time: twice, with different bytes behind the frame's end, so that whoever reads beyond it gives himself away.
/// </summary>
internal sealed class ParseRig : IDisposable
{
    /// <summary>A port with sub-ports for VLAN 5 and, nested, 7 in 5, and others that occur in captures.</summary>
    public const int Lan = 0, Lan5 = 1, Lan5Nested7 = 2;

    /// <summary>A port that takes frames to any MAC, as replay does, with the same sub-ports.</summary>
    public const int Any = 3;

    private readonly FramePool _pool = new(0, new FramePoolSize(2, 2, 2));

    public static PortTable Ports { get; } = new(
    [
        Port(Lan, "lan") with { VirtualHosts = Hosts(1) }, Subport(Lan5, Lan, 5) with { VirtualHosts = Hosts(2) }, Subport(Lan5Nested7, Lan5, 7),
        Port(Any, "any") with { AnyDestination = true }, Subport(4, Any, 5), Subport(5, 4, 7), Subport(6, Any, 1213),
        Subport(7, Any, 30), Subport(8, 7, 20), Subport(9, 8, 10), Subport(10, Any, 200),
    ]);

    private static VirtualHosts Hosts(byte held)
    {
        var hosts = new VirtualHosts();
        hosts.Hold(held);
        return hosts;
    }

    /// <summary>What the last parse counted.</summary>
    public WorkerCounters Counters { get; private set; } = new(Ports.Count);

    public DropReason Parse(byte[] bytes, out FrameInfo info, int port = Lan, PortTable? ports = null)
    {
        DropReason first = ParseOnce(bytes, 0xff, port, ports ?? Ports, out info);
        DropReason second = ParseOnce(bytes, 0x00, port, ports ?? Ports, out FrameInfo again);
        Assert.Equal(first, second);
        Assert.Equal(BytesOf(ref info), BytesOf(ref again));
        return first;
    }

    public DropReason Parse(byte[] bytes, int port = Lan) => Parse(bytes, out _, port);

    /// <summary>For frames that are well formed.</summary>
    public FrameInfo ParseSound(byte[] bytes, int port = Lan)
    {
        Assert.Equal(DropReason.None, Parse(bytes, out FrameInfo info, port));
        return info;
    }

    public void Dispose() => _pool.Dispose();

    private DropReason ParseOnce(byte[] bytes, byte behind, int port, PortTable ports, out FrameInfo info)
    {
        Assert.True(_pool.TryRent(bytes.Length, out Frame frame));
        frame.Room.Fill(behind);
        bytes.CopyTo(frame.Bytes);
        frame.Info.IngressPort = (ushort)port;
        Counters = new WorkerCounters(ports.Count);
        DropReason reason = FrameParser.Parse(frame, ports, Counters);
        Assert.Equal(bytes, frame.Bytes.ToArray());
        info = frame.Info;
        _pool.Return(frame);
        return reason;
    }

    private static byte[] BytesOf(ref FrameInfo info) => MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref info, 1)).ToArray();

    private static PortFacts Port(int index, string name) =>
        new() { Index = index, Name = name, Physical = index, Mac = TestFrames.Router };

    private static PortFacts Subport(int index, int parent, ushort vlan) => new()
    {
        Index = index,
        Name = $"{parent}.{vlan}",
        Parent = parent,
        VlanId = vlan,
        Physical = parent < Any ? Lan : Any,
        Mac = TestFrames.Router,
    };
}
