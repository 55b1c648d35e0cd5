namespace Appliance.Simulation;

internal enum ConversationState
{
    Going,

    /// <summary>To its end.</summary>
    Done,

    /// <summary>By the server, which did not know it any more.</summary>
    Refused,

    /// <summary>By its client, after a long silence.</summary>
    GivenUp,
}
