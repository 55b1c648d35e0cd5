using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Offload;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Segmentation;

/// <summary>An appliance whose ports deliver large frames, and cut or do not cut what leaves.</summary>
internal sealed class CuttingBox : IDisposable
{
    private readonly MemoryInbox[] _inboxes;
    private MonotonicTime _now = new(1_000_000_000);

    public CuttingBox(string yaml, PortCapabilities capabilities, int vcpus)
    {
        Node = new ApplianceNode(Box.ModelOf(yaml), new NodeOptions { Workers = vcpus, Capabilities = capabilities });
        Wire = new CuttingLog(capabilities);
        _inboxes = [.. Node.Workers.Select(worker => new MemoryInbox(worker.Pool, Box.BurstFrames))];
        foreach (PortModel port in Node.Configuration.Ports.Where(port => port.IsPhysical))
            Attach(port, capabilities);
    }

    public ApplianceNode Node { get; }

    public CuttingLog Wire { get; }

    /// <summary>One large frame, or an ordinary one whose checksum the port may have left partial.</summary>
    public void Send(LargeItem item)
    {
        Enter(item.Bytes, item.Checksum, item.SegmentSize, item.IsIdentificationFixed);
        Rest();
    }

    public void Send(IReadOnlyList<byte[]> segments)
    {
        foreach (byte[][] burst in segments.Chunk(Box.BurstFrames))
        {
            foreach (byte[] segment in burst) Enter(segment, ChecksumState.Unknown, 0, isFixed: false);
            Node.StepUntilIdle(_now);
        }

        Rest();
    }

    public void Dispose() => Node.Dispose();

    /// <summary>Until all is settled; and then a second, so that there is a budget of errors again.</summary>
    private void Rest()
    {
        Node.StepUntilIdle(_now);
        Box.MustBeSettled(Node);
        _now += 1_000_000_000;
    }

    private void Enter(byte[] bytes, ChecksumState checksum, int segmentSize, bool isFixed)
    {
        MemoryInbox inbox = _inboxes[0];
        Assert.True(inbox.TryRent(bytes.Length, out Frame frame));
        bytes.CopyTo(frame.Bytes);
        frame.Info.Checksum = checksum;
        if (segmentSize > 0) Assert.True(LargeFrame.TryDescribe(frame, segmentSize, isFixed));
        Assert.True(inbox.TryAdd(frame, new PortId(0)));
    }

    private void Attach(PortModel port, PortCapabilities capabilities)
    {
        var id = new PortId((ushort)port.Index);
        var memory = new MemoryPort(
            id, port.Name, Node.Models.Ports[port.Index].Mac, port.MtuBytes, worker => _inboxes[worker], Wire, capabilities);
        foreach (Worker worker in Node.Workers)
            worker.Attach(id, memory.OpenQueue(worker.Id, worker.Pool));
    }
}
