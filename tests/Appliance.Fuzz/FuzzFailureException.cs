namespace Appliance.Fuzz;

/// <summary>Something that must hold does not.</summary>
/// <param name="message">What, with both values.</param>
/// <param name="frame">The frame of the burst that shows it; −1: the burst as a whole.</param>
public sealed class FuzzFailureException(string message, int frame = -1) : Exception(message)
{
    public int Frame => frame;
}
