namespace Appliance.Scenarios;

/// <summary>What is to become of one packet of a capture.</summary>
/// <param name="Label">The capture, by the ports it arrives at as <c>inputs</c> has them; null: the only one.</param>
/// <param name="Number">From 1, in the order of the file.</param>
/// <param name="Position">Where the packet is named.</param>
internal sealed record PacketExpectation(string? Label, long Number, ExpectedVerdict Verdict, string Position);
