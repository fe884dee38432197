// To be written.
namespace Llm.Core

module internal ChatCompletionsCodecStub =
    let private unused = ()
