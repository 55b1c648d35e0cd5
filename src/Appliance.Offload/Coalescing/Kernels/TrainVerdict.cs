namespace Appliance.Offload;

/// <summary>What becomes of a frame whose flow has one before it.</summary>
internal enum TrainVerdict
{
    Stays,              // alone, and nothing joins what came before it any more
    Joins,              // behind the train
    Ends,               // behind the train, as its last
    Begins,             // alone, and the next of the flow may join it
}
