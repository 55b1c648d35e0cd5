namespace Appliance.Node;

/// <summary>A frame that left: by which port, with which bytes, and whether the appliance made it itself.</summary>
public sealed record TracedOutput(string Port, byte[] Frame, bool IsReply);
