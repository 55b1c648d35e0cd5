namespace Appliance.Running;

/// <summary>Ports whose devices cannot be had: each line says which port, which device, and what to do.</summary>
/// <param name="isWrong">The configuration asks for what cannot be (exit code 2); otherwise the machine refused what is right.</param>
/// <param name="lines">At least one.</param>
internal sealed class PortFault(bool isWrong, params IReadOnlyList<string> lines) : Exception(string.Join('\n', lines))
{
    public bool IsWrong => isWrong;

    public IReadOnlyList<string> Lines => lines;
}
