using Appliance.Engine;
using Appliance.Offload;

namespace Appliance.Ports.Linux;

/// <summary>
/// Lists where a frame's bytes are, for a call that gathers them: the virtio header, then the frame. A train is listed as the one large
/// frame it leaves as: its headers, written anew, then each payload where it was received. Nothing is copied but headers.
/// </summary>
internal static unsafe class LeavingParts
{
    /// <summary>Parts that any frame but a train has.</summary>
    public const int Ordinary = 2;

    /// <summary>What the kernel gathers at most in one message (UIO_MAXIOV); a train of more frames cannot leave whole.</summary>
    public const int Most = 1024;

    /// <summary>Answers the parts listed; 0: there is no room for so many.</summary>
    /// <param name="frame">To be sent.</param>
    /// <param name="virtio">Filled; must stay where it is until the call.</param>
    /// <param name="head">Room for <see cref="LargeFrame.MaxHeaderBytes"/>, likewise.</param>
    /// <param name="into">The list.</param>
    public static int List(Frame frame, VirtioHeader* virtio, byte* head, Span<Part> into)
    {
        into[0] = new Part { Bytes = virtio, Length = VirtioHeader.SizeBytes };
        if (frame.IsTrain) return ListTrain(frame, virtio, head, into);
        into[1] = new Part { Bytes = frame.Pointer, Length = frame.Length };
        int tcpHeader = frame.Info.SegmentSize == 0 ? 0 : TcpHeaderOf(frame.Pointer, frame);
        *virtio = LeavingOffloads.Of(frame, tcpHeader);
        return Ordinary;
    }

    private static int ListTrain(Frame train, VirtioHeader* virtio, byte* head, Span<Part> into)
    {
        if (into.Length < Ordinary + train.Info.TrainFrames) return 0;
        int header = TrainGather.WriteHeaders(train, new Span<byte>(head, LargeFrame.MaxHeaderBytes));
        into[1] = new Part { Bytes = head, Length = header };
        int count = Ordinary;
        for (Frame frame = train; !frame.IsNull; frame = frame.Info.Next)
            into[count++] = new Part { Bytes = frame.Pointer + header, Length = frame.Length - header };
        *virtio = LeavingOffloads.Of(train, TcpHeaderOf(head, train));
        return count;
    }

    private static int TcpHeaderOf(byte* bytes, Frame frame) => (bytes[frame.Info.TransportOffset + 12] >> 4) * 4;
}
