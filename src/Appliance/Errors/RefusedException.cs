namespace Appliance;

/// <summary>The user asked for something that cannot be done as asked; each line says what and where. Exit code 2.</summary>
internal sealed class RefusedException(params IReadOnlyList<string> lines) : Exception(string.Join('\n', lines))
{
    public IReadOnlyList<string> Lines => lines;
}
