namespace Appliance.Node;

/// <summary>Who may touch a <see cref="CaptureNote"/>.</summary>
internal enum CapturePhase
{
    None,
    Open,                   // whoever has the frame may claim it
    Claimed,                // by one worker, for a few instructions
    Ended,                  // nobody but the reader
}
