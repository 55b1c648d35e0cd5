namespace Appliance;

/// <summary>What was asked for was right, and did not work: the line says what and where. Exit code 1.</summary>
internal sealed class FailedException(string line) : Exception(line)
{
}
