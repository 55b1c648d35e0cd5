namespace Appliance.Management;

/// <summary>Asks something of a frame. It allocates nothing.</summary>
internal delegate bool FrameProbe(in FrameView frame);
