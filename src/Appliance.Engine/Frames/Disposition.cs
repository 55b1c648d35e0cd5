namespace Appliance.Engine;

/// <summary>What becomes of a frame after a stage.</summary>
public enum Disposition : byte
{
    Continue,       // the next stage has it
    Transmit,       // out by its egress port
    Consume,        // a function of the appliance took it
    Deliver,        // to the host, by its end of the ingress port
    HandOff,        // another worker owns its flow
    Express,        // all is decided: only the last stages remain, ahead of the batch's other frames
    Held,           // a stage keeps it across breaths (IFrameHolder)
    Drop,           // with a reason
}
