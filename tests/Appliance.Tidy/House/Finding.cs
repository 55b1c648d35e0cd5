namespace Appliance.Tidy;

/// <summary>One place that breaks a rule of the house.</summary>
/// <param name="Line">From 1; 0 when the whole file is meant.</param>
public sealed record Finding(string Path, int Line, string Message)
{
    public override string ToString() => Line == 0 ? $"{Path}: {Message}" : $"{Path}:{Line}: {Message}";
}
