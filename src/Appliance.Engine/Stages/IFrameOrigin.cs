namespace Appliance.Engine;

/// <summary>Knows what a datagram looked like before the appliance changed its endpoints on the way out.</summary>
public interface IFrameOrigin
{
    /// <summary>
    /// Gives a frame that will not leave the endpoints back by which its sender knows it, so that it can be quoted to him. Nothing
    /// happens to a frame whose endpoints were left alone.
    /// </summary>
    void Restore(Frame frame);

    /// <summary>
    /// A number for who knows the endpoints of a frame that has just been judged. A frame that was kept since then may be given to
    /// <see cref="Restore"/> as long as the answer is the same. 0: its endpoints were left alone.
    /// </summary>
    ulong MarkOf(Frame frame);
}
