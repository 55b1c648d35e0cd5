namespace Appliance.Engine;

/// <summary>One worker's end of a port. Nothing here blocks.</summary>
public interface IPortQueue
{
    /// <summary>
    /// Adds what has arrived to <paramref name="into"/>, as far as it has room; the frames now belong to the caller. Each has its ingress
    /// port and ordinal set; one that the port had to give up arrives with <see cref="Disposition.Drop"/> and the reason. Answers how
    /// many.
    /// </summary>
    int Receive(FrameBatch into);

    /// <summary>
    /// Takes the first n of <paramref name="frames"/> to be sent and answers n; the rest stay the caller's. A frame with a segment size
    /// is a large one: contiguous, or a train whose followers are chained behind it. Only a port that said it can cut gets such.
    /// </summary>
    int Transmit(ReadOnlySpan<Frame> frames);

    /// <summary>One doorbell a breath, after the last <see cref="Transmit"/>.</summary>
    void Kick();

    /// <summary>Adds frames that have been sent to <paramref name="into"/>: the caller's again, to bring home. Answers how many.</summary>
    int Reclaim(FrameBatch into);

    /// <summary>What an idle worker sleeps on; -1: nothing ever wakes it.</summary>
    int WakeupDescriptor { get; }
}
