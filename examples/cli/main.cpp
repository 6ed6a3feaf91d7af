#include "application.hpp"

int main(int argc, char** argv) { return pentimento::cli::run_application(argc, argv); }
