namespace Appliance.Engine;

/// <summary>Knows what a datagram looked like before the appliance changed its endpoints on the way out.</summary>
public interface IFrameOrigin
{
    /// <summary>
    /// Gives a frame that will not leave the endpoints back by which its sender knows it, so that it can be quoted to him. Nothing
    /// happens to a frame whose endpoints were left alone.
    /// </summary>
    void Restore(Frame frame);
}
