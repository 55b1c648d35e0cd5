using Appliance.Engine;
using Appliance.Offload;
using Xunit;

namespace Appliance.Testing;

/// <summary>
/// The wire behind ports that do some of the work themselves, as a network card would: finishes partial checksums and cuts large frames
/// with
/// <see cref="PlainCutter"/>, and fails when it is given what the port did not say it can do. A train is gathered first.
/// </summary>
public sealed class CuttingLog(PortCapabilities capabilities) : ITransmitSink
{
    private const PortCapabilities Cutters = PortCapabilities.Segmentation | PortCapabilities.UdpSegmentation;

    private readonly List<(PortId Port, byte[] Bytes)> _sent = [];
    private readonly byte[] _gathered = new byte[FramePool.MaxFrameBytes + 256];

    /// <summary>What was on the wire, in order.</summary>
    public IReadOnlyList<(PortId Port, byte[] Bytes)> Sent => _sent;

    /// <summary>Large frames and trains that arrived whole.</summary>
    public int Whole { get; private set; }

    public void OnTransmit(PortId port, Frame frame)
    {
        byte[] bytes = frame.Bytes.ToArray();
        ref FrameInfo info = ref frame.Info;
        if (info.SegmentSize == 0)
        {
            Assert.True(info.Next.IsNull, "Ordinary frames come one by one.");
            bool isPartial = info.Checksum == ChecksumState.Partial;
            bool mayBePartial = capabilities.HasFlag(PortCapabilities.TransmitChecksum);
            Assert.True(!isPartial || mayBePartial, "A partial checksum for a port that finishes none.");
            _sent.Add((port, isPartial ? PlainHeaders.Finished(bytes) : bytes));
            return;
        }

        Assert.True((capabilities & Cutters) != PortCapabilities.None, "A large frame for a port that does not cut.");
        if (!info.Next.IsNull) bytes = _gathered[..TrainGather.Write(frame, _gathered, completeChecksum: false)];
        Whole++;
        IReadOnlyList<byte[]> segments = PlainCutter.Cut(bytes, info.SegmentSize, info.Traits.HasFlag(FrameTraits.FixedIdentification));
        Assert.Equal(segments.Count, frame.WireFrames);
        Assert.Equal(segments.Sum(segment => segment.Length), frame.WireBytes);
        _sent.AddRange(segments.Select(segment => (port, segment)));
    }

    public void Clear() => _sent.Clear();
}
