using System.Runtime.CompilerServices;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Offload;

/// <summary>
/// The last stage: what the egress port cannot do by itself is done here. By a port that segments, trains and large frames leave whole when
/// its cutter makes the same frames of them; by any other, trains are taken apart and large frames cut. Partial checksums are completed
/// unless the port does that. Earlier stages borrow the same means as <see cref="IFrameFinisher"/>.
/// </summary>
public sealed class SegmentStage(PortTable model) : IStageOf<PortTable>, IFrameFinisher
{
    private PortTable _ports = model;

    public string Name => "segment";

    public void Adopt(PortTable model) => _ports = model;

    public void Process(FrameBatch batch, in StageContext context)
    {
        PortTable ports = _ports;
        ReadOnlySpan<Frame> frames = batch.Frames;
        int plain = 0;
        for (int at = 0; at < frames.Length; at++)
        {
            int run = SendPlain(frames[at..]);
            plain += run;
            at += run;
            if (at == frames.Length) break;
            Frame frame = frames[at];
            PortCapabilities port = ports[ports[frame.Info.EgressPort].Physical].Capabilities;
            bool fits = true;
            if (frame.IsContiguousLarge) fits = TryFit(frame, port, context);
            else if (frame.IsTrain) FitTrain(frame, port, context);
            if (!fits)
            {
                batch.Drop(frame, DropReason.PoolEmpty);
                continue;
            }

            if ((port & PortCapabilities.TransmitChecksum) == PortCapabilities.None) FinishChain(frame, context.Counters);
            batch.End(frame, Disposition.Transmit);
        }

        batch.NoteEnded(plain);
    }

    /// <summary>
    /// Marks the frames at the front with which nothing is to be done; answers how many there are. Not inlined: the loop needs the
    /// registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SendPlain(ReadOnlySpan<Frame> frames)
    {
        int run = 0;
        for (; run < frames.Length && IsPlain(ref frames[run].Info); run++)
            frames[run].Info.Disposition = Disposition.Transmit;
        return run;
    }

    /// <inheritdoc/>
    public void FinishChecksum(Frame frame, WorkerCounters counters)
    {
        ref FrameInfo info = ref frame.Info;
        if (info.Checksum != ChecksumState.Partial || info.SegmentSize != 0) return;
        if (info.Protocol is not (IpProtocol.Tcp or IpProtocol.Udp)) return;
        PartialChecksum.Finish(frame);
        counters.ChecksumsComputed++;
    }

    /// <inheritdoc/>
    public int Cut(Frame large, in StageContext context)
    {
        Doubt(large);
        int segments = Segmenter.Cut(large, context.Pool, out int computed);
        if (segments == 0) return 0;
        context.Counters.TsoSuperframes++;
        context.Counters.TsoSegments += segments;
        context.Counters.ChecksumsComputed += computed;
        context.Trace?.Explain(large, $"cut into {segments} segments");
        return segments;
    }

    /// <inheritdoc/>
    public bool TryCopySegment(Frame large, int index, in StageContext context, out Frame segment)
    {
        Doubt(large);
        return Segmenter.TryCopy(large, index, context.Pool, out segment);
    }

    /// <inheritdoc/>
    public void KeepLastSegment(Frame large, in StageContext context)
    {
        Doubt(large);
        context.Counters.ChecksumsComputed += Segmenter.KeepLast(large);
    }

    /// <summary>One frame, and nothing to finish: any port can send it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlain(ref FrameInfo info) =>
        info.Next.IsNull && info.SegmentSize == 0 && info.Checksum != ChecksumState.Partial;

    /// <inheritdoc/>
    public bool TryFit(Frame large, PortCapabilities port, in StageContext context)
    {
        Doubt(large);
        if (!LargeFrame.MayLeaveWhole(large, port)) return Cut(large, context) > 0;
        ref FrameInfo info = ref large.Info;
        if (info.Checksum == ChecksumState.Good) PartialChecksum.Begin(large);
        int longest = info.TrainLargest + info.NetworkOffset;               // the longest segment's frame, with the header it leaves with
        int header = longest - info.SegmentSize;
        info.TrainBytes = ((info.TrainFrames - 1) * header) + large.Length;
        return true;
    }

    private static void FitTrain(Frame head, PortCapabilities port, in StageContext context)
    {
        ref FrameInfo info = ref head.Info;
        bool isWhole = (port & PortCapabilities.Segmentation) != PortCapabilities.None
            && WholeTrainRules.MayLeaveWhole(head, out bool isFixed) && Mark(head, isFixed);
        if (isWhole) return;
        context.Counters.TsoSuperframes++;
        context.Counters.TsoSegments += info.TrainFrames;
        info.TrainFrames = 0;
    }

    private static bool Mark(Frame head, bool isFixed)
    {
        ref FrameInfo info = ref head.Info;
        info.SegmentSize = (ushort)TrainGather.SegmentSizeOf(head);
        if (isFixed) info.Traits |= FrameTraits.FixedIdentification;
        info.TrainBytes = 0;
        for (Frame frame = head; !frame.IsNull; frame = frame.Info.Next)
            info.TrainBytes += frame.Length;
        return true;
    }

    /// <summary>A verdict counts only where the configuration lets the port give one.</summary>
    private void Doubt(Frame large)
    {
        ref FrameInfo info = ref large.Info;
        if (info.Checksum == ChecksumState.Good && !_ports[info.IngressPort].BelievesChecksums) info.Checksum = ChecksumState.Unknown;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FinishChain(Frame first, WorkerCounters counters)
    {
        if (first.Info.Next.IsNull && first.Info.Checksum != ChecksumState.Partial) return;
        for (Frame frame = first; !frame.IsNull; frame = frame.Info.Next)
            FinishChecksum(frame, counters);
    }
}
