namespace Appliance.Management;

/// <summary>The appliance answered that it does not do what was asked.</summary>
/// <param name="status">HTTP's.</param>
/// <param name="lines">Why, for people.</param>
public sealed class ControlRefusedException(int status, IReadOnlyList<string> lines) : Exception(string.Join('\n', lines))
{
    public IReadOnlyList<string> Lines => lines;

    /// <summary>What was asked for is wrong, rather than that it did not work.</summary>
    public bool IsMistake => status is 400 or 404 or 413 or 422;
}
