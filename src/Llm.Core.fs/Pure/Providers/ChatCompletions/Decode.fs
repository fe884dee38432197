// To be written.
namespace Llm.Core

module internal ChatCompletionsDecodeStub =
    let private unused = ()
