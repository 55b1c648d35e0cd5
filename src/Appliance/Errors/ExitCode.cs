namespace Appliance;

/// <summary>What the program answers to the shell.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;                // while running
    public const int Refused = 2;               // the command line, the configuration or the ruleset is wrong
    public const int Unreachable = 3;           // no appliance answers on the control socket
}
